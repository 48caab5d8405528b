"""One session: client events and results in, effects out."""

"""One session: client events and results go in, effects come out."""

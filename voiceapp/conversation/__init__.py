"""One call: events in, effects out. README.md states this folder's rules."""

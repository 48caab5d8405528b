"""What page and server say to each other (docs/wire.md): every event, its fields and their bounds."""

"""The protocol between page and server (docs/wire.md): every event, its fields and their bounds."""

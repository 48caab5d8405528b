"""The model's side: known servers, connections, sessions, the embedded engine's process."""

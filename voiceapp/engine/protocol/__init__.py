"""The Realtime protocol: what clients may send, what the server sends, and the shapes of both."""

"""The Realtime protocol: what clients may send, what they are sent, and the shapes of both."""

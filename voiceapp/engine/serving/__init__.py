"""Sockets and threads: connections, and the voice-mode server that performs what sessions want."""

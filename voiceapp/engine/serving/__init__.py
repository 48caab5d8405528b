"""Sockets and threads: connections, and the voice mode that performs what sessions ask for."""

"""Sockets on the loop; knows nothing of voice."""

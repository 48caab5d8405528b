"""The embedded engine: a Realtime speech-to-speech server in its own process, on CPU, with no network."""

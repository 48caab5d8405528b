"""The scripted mode: a server that plays a scenario."""

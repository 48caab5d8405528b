"""The scripted mode: a Realtime server that plays a scenario."""

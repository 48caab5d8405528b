"""One call, on the bridge: from its start to its end."""

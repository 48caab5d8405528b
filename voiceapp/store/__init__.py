"""What outlives a worker: who owns each call, and what another worker needs to go on with it."""

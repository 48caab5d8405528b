"""What the operator sets: the environment, personas, prices."""

"""Ways to hand a message to the next hop."""

"""Ways in which people reach the agent process."""

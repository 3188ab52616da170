"""English as an announcer reads it."""

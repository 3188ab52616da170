"""Russian as an announcer reads it."""

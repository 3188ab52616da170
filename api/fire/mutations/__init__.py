"""Changes, one per file: what comes in, what can come out, what happens."""

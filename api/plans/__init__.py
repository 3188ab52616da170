"""Plans: a floor at a moment, drawn."""

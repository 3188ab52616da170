"""Foreign files made into what the building remembers: buildings (IFC) and histories of readings (CSV)."""

"""The commands of `markoff`, one module for each group; a module's `register(app)` adds its commands."""

"""The settings of all parts as one: what there is, what is told, what is wrong with it."""

"""Copies of a house: taken while it lives, verified, and brought back as one."""

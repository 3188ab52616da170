"""Reads and checks that changes and sign-in need, one module per noun."""

"""Writes the names table; for development only."""

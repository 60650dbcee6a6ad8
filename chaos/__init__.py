"""Experiments: the estate is broken on purpose, under load, and has to keep its promises meanwhile."""

"""Envoy as a part of the data plane: its configuration, its process, and the ways that its connections take."""

"""Measured trials on a twin that is up: what its promises are counted with. One at a time, on a quiet machine."""

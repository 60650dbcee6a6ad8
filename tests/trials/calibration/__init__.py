"""Scaling on a running twin, in real time, beside what AWS published of its own."""

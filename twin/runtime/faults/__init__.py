"""Faults on purpose: what AWS has no API for, by an endpoint of the twin; what it has one for, by AWS FIS."""

"""The way to databases and caches: one process a zone that passes on TCP, and can be cut, slowed and led elsewhere."""

from twin.runtime.relay.part import RelayPart

__all__ = ["RelayPart"]

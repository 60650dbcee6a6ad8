"""How much memory a cache node has for data.

Source: ElastiCache user guide, "Valkey and Redis OSS parameters", node-type specific parameters (maxmemory), and
"Managing reserved memory" (reserved-memory-percent, 25 by default). Types that are not here have no limit on the twin.
"""

from collections.abc import Mapping

__all__ = ["data_bytes"]

_MAXMEMORY_BYTES: Mapping[str, int] = {
    "cache.t3.micro": 536_870_912,
    "cache.t3.small": 1_471_026_299,
    "cache.t3.medium": 3_317_862_236,
    "cache.t4g.micro": 536_870_912,
    "cache.t4g.small": 1_471_026_299,
    "cache.t4g.medium": 3_317_862_236,
}

_RESERVED_PERCENT = 25


def data_bytes(node_type: str, parameters: Mapping[str, str]) -> int | None:
    """What is left of the node's memory for data; None for a type that is not known here."""
    whole = _MAXMEMORY_BYTES.get(node_type)
    if whole is None:
        return None
    reserved = int(parameters.get("reserved-memory-percent", _RESERVED_PERCENT))
    return whole * (100 - reserved) // 100

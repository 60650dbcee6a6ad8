"""What keeps a cache from running.

EstateError
└── RuntimeFailure
    └── NoCacheAddressLeft  a zone has more nodes than addresses
"""

from twin.runtime.exceptions import RuntimeFailure

__all__ = ["NoCacheAddressLeft"]


class NoCacheAddressLeft(RuntimeFailure):
    def __init__(self, node: str, zone: str, addresses: int) -> None:
        super().__init__(
            f"Cache node {node!r} gets no address: all {addresses} of {zone} are taken. Declare fewer nodes there."
        )

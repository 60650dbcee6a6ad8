"""A connection that broke under uvloop: it raises RuntimeError where asyncio's own loop raises an OSError."""

__all__ = ["is_closed_handle"]

_WORDS = "the handler is closed"
"""Source: uvloop, handles/handle.pyx, `_ensure_alive`; seen by others in aio-libs/aiohttp#12336."""


def is_closed_handle(error: BaseException) -> bool:
    """Whether it only says that a connection was closed meanwhile."""
    return isinstance(error, RuntimeError) and _WORDS in str(error)

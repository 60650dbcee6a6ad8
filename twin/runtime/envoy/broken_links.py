"""Established connections of an Envoy over links that have closed: they hear nothing until the link opens again."""

import logging
from collections.abc import Callable

from twin.runtime.envoy.deaf_socket import Connection, established, make_deaf, make_hearing

__all__ = ["BrokenLinks"]

_log = logging.getLogger(__name__)


class BrokenLinks:
    """Attributes: deaf: connections that hear nothing now. is_allowed: False once the kernel has refused."""

    def __init__(self) -> None:
        self.deaf: set[Connection] = set()
        self.is_allowed = True

    def follow(self, pid: int | None, address: str, is_closed: Callable[[str, int], bool]) -> None:
        """Exactly the connections from the address to peers behind a closed link hear nothing.

        Args: is_closed: by the peer's address and port.
        """
        connections = self._connections(pid, address) if pid else set[Connection]()
        self.deaf &= connections
        self.deaf |= {it for it in connections - self.deaf if is_closed(*it.peer) and make_deaf(it)}
        for it in {it for it in self.deaf if not is_closed(*it.peer)}:
            make_hearing(it)
            self.deaf.discard(it)

    def _connections(self, pid: int, address: str) -> set[Connection]:
        try:
            return set(established(pid, address))
        except PermissionError as error:
            if self.is_allowed:
                _log.warning("requests under way over a closed link complete: %s", error.strerror)
            self.is_allowed = False
            return set()

"""Where a task reaches what is outside of it: its zone's egress, and its zone's relays to databases and caches."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from twin.runtime.directory import Directory

__all__ = ["Wiring", "wired"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wiring:
    """Attributes: proxy: URL; None where there is none. stores: address by DNS name."""

    proxy: str | None
    stores: Mapping[str, str]


async def wired(
    directory: Directory, zone: str, service: str, store_names: Iterable[str], within_seconds: float
) -> Wiring:
    """How the task is wired, once the egress and the relays are there.

    What is not there in time is left out: a store's name stays as it is then, and leads nowhere.
    """
    names = set(store_names)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_seconds):
            while (zone, service) not in directory.proxies.all():
                await directory.proxies.wait(directory.proxies.version)
            while not names <= known_stores(directory, zone).keys():
                await directory.store_ports.wait(directory.store_ports.version)
    stores = known_stores(directory, zone)
    if missing := names - stores.keys():
        _log.warning("no relay of %s leads to %s yet", zone, ", ".join(sorted(missing)))
    return Wiring(directory.proxies.get((zone, service)), stores)


def known_stores(directory: Directory, zone: str) -> dict[str, str]:
    return {name: address for (at, name), (address, _) in directory.store_ports.all().items() if at == zone}

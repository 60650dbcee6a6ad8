"""Where a task reaches what is outside of it: its zone's egress, and its zone's relays to databases and caches."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from twin.runtime.directory import Directory
from twin.runtime.relay.plan import user_name

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
    """How the task is wired, once the egress and the relays are there, which make a way for the service to each store.

    What is not there in time is left out: a store's name stays as it is then, and leads nowhere.
    """
    names = frozenset(store_names)
    users = directory.store_users
    users.put((zone, service), (users.get((zone, service)) or frozenset()) | names)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_seconds):
            while (zone, service) not in directory.proxies.all():
                await directory.proxies.wait(directory.proxies.version)
            while not names <= known_stores(directory, zone, service).keys():
                await directory.store_ports.wait(directory.store_ports.version)
    stores = known_stores(directory, zone, service)
    if missing := names - stores.keys():
        _log.warning("no relay of %s leads to %s yet", zone, ", ".join(sorted(missing)))
    return Wiring(directory.proxies.get((zone, service)), stores)


def known_stores(directory: Directory, zone: str, service: str) -> dict[str, str]:
    """Address by DNS name, of the stores that the service has named in the zone."""
    names = directory.store_users.get((zone, service)) or frozenset()
    places = {name: directory.store_ports.get((zone, user_name(service, name))) for name in names}
    return {name: place[0] for name, place in places.items() if place}

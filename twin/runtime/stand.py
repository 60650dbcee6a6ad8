"""Where the single parts of the data plane stand now: what its status tells of stores, partners and problems."""

from collections.abc import Iterator, Mapping
from typing import Any

from twin.runtime.directory import Backend
from twin.runtime.ground import Ground

__all__ = ["databases", "partners", "roles"]

_DATABASE = "postgres"
"""The one that every Aurora PostgreSQL cluster has, which the workload uses."""
_SUPERUSER = "postgres"


def databases(ground: Ground) -> dict[str, dict[str, str]]:
    """URL of each database's writer by region and cluster, by the relay of a zone that can be reached."""
    found: dict[str, dict[str, str]] = {}
    for (region, name), _ in _writers(ground):
        for zone in ground.zones.usable(zone for where, zone in ground.settings.zones if where == region):
            if port := ground.directory.store_ports.get((zone, name)):
                url = f"postgresql://{_SUPERUSER}@{port[0]}:{port[1]}/{_DATABASE}"
                found.setdefault(region, {}).setdefault(_cluster(name), url)
    return found


def partners(ground: Ground) -> str | None:
    """URL at which all partners' stand-ins answer, each by its Host."""
    backend = ground.directory.partners.get("partners")
    return f"http://{backend.address}:{backend.port}" if backend else None


def roles(ground: Ground) -> Mapping[str, Any]:
    """Zone of what there is only one of at a time: writers of databases and primaries of caches."""
    singles = dict(_writers(ground)) | {
        key: backends
        for key, backends in ground.directory.stores.all().items()
        if key[1].startswith("master.")
    }
    return {
        f"{'primary' if name.startswith('master.') else 'writer'} of {region}/{_cluster(name)}": backends[
            0
        ].zone
        for (region, name), backends in singles.items()
        if backends
    }


def _writers(ground: Ground) -> Iterator[tuple[tuple[str, str], tuple[Backend, ...]]]:
    """Names of clusters' own endpoints: ``core.cluster-….<region>.rds.amazonaws.com``."""
    for key, backends in ground.directory.stores.all().items():
        if ".cluster-" in key[1] and ".cluster-ro-" not in key[1]:
            yield key, backends


def _cluster(name: str) -> str:
    return name.removeprefix("master.").partition(".")[0]

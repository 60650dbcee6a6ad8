"""All that one Envoy is told, and how it gets from one to the next without dropping a request."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from twin.runtime.envoy.fragments import Resource

__all__ = ["Configuration", "Step", "names", "steps"]

_None = dict[str, Resource]


@dataclass(frozen=True)
class Configuration:
    """Resources by name; endpoints by the name of their cluster."""

    listeners: Mapping[str, Resource] = field(default_factory=_None)
    routes: Mapping[str, Resource] = field(default_factory=_None)
    clusters: Mapping[str, Resource] = field(default_factory=_None)
    endpoints: Mapping[str, Resource] = field(default_factory=_None)


@dataclass(frozen=True)
class Step:
    """Resources that change together.

    Attributes:
        changes: resources by the name that they are asked for by.
        awaited: of these, the names that Envoy asks for already.
    """

    changes: Mapping[str, tuple[Resource, ...]]
    awaited: tuple[str, ...]


def names(configuration: Configuration) -> set[str]:
    """All that Envoy may ask for."""
    return {
        "listeners",
        "clusters",
        *(f"routes/{name}" for name in configuration.routes),
        *(f"endpoints/{name}" for name in configuration.endpoints),
    }


def steps(old: Configuration, new: Configuration) -> Iterator[Step]:
    """What is used comes before what uses it, and goes after: no route ever leads to a cluster that is not there."""
    kept = {**old.clusters, **new.clusters}
    endpoints = _endpoints(old, new)
    if endpoints.changes:
        yield endpoints
    if kept != old.clusters:
        yield _one("clusters", kept)
    routes = _routes(old, new)
    if routes.changes:
        yield routes
    if new.listeners != old.listeners:
        yield _one("listeners", new.listeners)
    if kept != new.clusters:
        yield _one("clusters", new.clusters)


def _endpoints(old: Configuration, new: Configuration) -> Step:
    changed = {name: it for name, it in new.endpoints.items() if old.endpoints.get(name) != it}
    known = tuple(f"endpoints/{name}" for name in changed if name in old.clusters)
    return Step({f"endpoints/{name}": (it,) for name, it in changed.items()}, known)


def _routes(old: Configuration, new: Configuration) -> Step:
    changed = {name: it for name, it in new.routes.items() if old.routes.get(name) != it}
    known = tuple(f"routes/{name}" for name in changed if name in old.listeners)
    return Step({f"routes/{name}": (it,) for name, it in changed.items()}, known)


def _one(name: str, resources: Mapping[str, Resource]) -> Step:
    return Step({name: tuple(resources[it] for it in sorted(resources))}, (name,))

"""In which order resources can be taken away."""

from collections.abc import Iterable, Iterator, Mapping

from engine.resource import ResourceState

__all__ = ["dependents_first"]


def dependents_first(resources: Iterable[ResourceState]) -> list[ResourceState]:
    """The resources in an order in which each comes before everything that it depends on.

    Two may share a URN: a resource and the one that replaced it.
    """
    by_urn: dict[str, list[ResourceState]] = {}
    for resource in resources:
        by_urn.setdefault(resource.urn, []).append(resource)
    needed = {
        urn: sorted({it for each in group for it in each.precedents if it in by_urn})
        for urn, group in by_urn.items()
    }
    return [each for urn in reversed(list(_precedents_first(needed))) for each in by_urn[urn]]


def _precedents_first(needed: Mapping[str, list[str]]) -> Iterator[str]:
    """Depth first, without recursion: an estate's chains are longer than Python's stack likes."""
    seen: set[str] = set()
    for start in needed:
        if start in seen:
            continue
        seen.add(start)
        path = [(start, iter(needed[start]))]
        while path:
            urn, rest = path[-1]
            following = next((it for it in rest if it not in seen), None)
            if following is None:
                path.pop()
                yield urn
            else:
                seen.add(following)
                path.append((following, iter(needed[following])))

"""Under which other URNs a resource may be known in the state."""

from typing import Any

from engine.urn import name_of, type_of, urn_for

__all__ = ["Aliases"]


class Aliases:
    """A resource's own aliases, then those that follow from its parents': a component that is renamed takes its
    children with it.

    Source: pulumi/pulumi pkg/resource/deploy/step_generator.go, generateAliases. Unlike there, every alias of a
    parent counts and not only the one that was claimed, so that a run that is cut off half-way through a rename
    does not lose the children that it had not reached.
    """

    def __init__(self, stack: str, project: str) -> None:
        self._stack, self._project = stack, project
        self._by_urn: dict[str, tuple[str, ...]] = {}

    def of(self, urn: str, request: Any) -> tuple[str, ...]:
        """The aliases of what a RegisterResourceRequest registers under this URN."""
        own = [self._own(alias, request) for alias in request.aliases]
        inherited = [
            self._inherited(known, request.parent, former_parent)
            for former_parent in self._by_urn.get(request.parent, ())
            for known in (urn, *own)
        ]
        self._by_urn[urn] = tuple(it for it in dict.fromkeys(own + inherited) if it != urn)
        return self._by_urn[urn]

    def _own(self, alias: Any, request: Any) -> str:
        if alias.urn:
            return alias.urn
        spec = alias.spec
        return urn_for(
            spec.stack or self._stack,
            spec.project or self._project,
            "" if spec.noParent else spec.parentUrn or request.parent,
            spec.type or request.type,
            spec.name or request.name,
        )

    def _inherited(self, urn: str, parent: str, former_parent: str) -> str:
        """The URN as it was under the parent's former one: a name that starts with the parent's follows it."""
        name, parent_name = name_of(urn), name_of(parent)
        if name.startswith(parent_name):
            name = name_of(former_parent) + name.removeprefix(parent_name)
        return urn_for(self._stack, self._project, former_parent, type_of(urn), name)

"""The resources that a program declares, with what a scan has to know of each."""

import linecache
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from compliance.results import SourceLine
from engine import urn as urns
from engine.deployment import Action, Deployment
from engine.provider import ProviderConfig
from engine.recorder import placeholder
from engine.resource import Registration, Source
from engine.schema import output_kinds
from engine.session import StackRun

__all__ = ["DeclaredProvider", "DeclaredResource", "Graph"]

_ENGINES_OWN = "pulumi:"
"""Types of the engine itself: stacks, references to them, providers."""


@dataclass(frozen=True)
class DeclaredResource:
    """A resource that a provider would make.

    Attributes:
        config: region and default tags that it gets from its provider.
        provider: the provider's URN, '' for the stack's default one.
        source, instantiated, component: as in `compliance.results.Resource`.
    """

    stack: str
    registration: Registration
    config: ProviderConfig
    provider: str = ""
    source: SourceLine | None = None
    instantiated: SourceLine | None = None
    component: str = ""

    @property
    def urn(self) -> str:
        return self.registration.urn

    @property
    def type(self) -> str:
        return self.registration.type

    @property
    def name(self) -> str:
        return self.registration.name


@dataclass(frozen=True)
class DeclaredProvider:
    """An AWS provider that the program makes itself."""

    stack: str
    registration: Registration
    source: SourceLine | None = None


@dataclass(frozen=True)
class Graph:
    """What one program declares, over all of its stacks, in order of URN."""

    stacks: Sequence[str]
    resources: Sequence[DeclaredResource]
    providers: Sequence[DeclaredProvider] = ()

    @classmethod
    def of(cls, runs: Sequence[StackRun], root: Path) -> "Graph":
        """The graph of stacks that were evaluated. Args: root: of the program; files are told relative to it."""
        deployments = {run.stack: run.deployment for run in runs}
        resources = [it for stack, each in deployments.items() for it in _resources(stack, each, root)]
        providers = [it for stack, each in deployments.items() for it in _providers(stack, each, root)]
        return cls(
            stacks=list(deployments),
            resources=sorted(resources, key=lambda it: it.urn),
            providers=sorted(providers, key=lambda it: it.registration.urn),
        )

    @cached_property
    def by_urn(self) -> Mapping[str, DeclaredResource]:
        return {it.urn: it for it in self.resources}

    @cached_property
    def output_by_token(self) -> Mapping[str, tuple[str, str]]:
        """The URN and output that a placeholder in any value stands for."""
        return {
            placeholder(it.urn, name): (it.urn, name) for it in self.resources for name in _outputs(it.type)
        }


def _resources(stack: str, deployment: Deployment, root: Path) -> Iterator[DeclaredResource]:
    read = {step.urn for step in deployment.steps if step.action is Action.READ}
    for urn, registration in deployment.registrations.items():
        if not registration.custom or registration.type.startswith(_ENGINES_OWN) or urn in read:
            continue
        outermost = _outermost(registration, deployment.registrations)
        source = _line(registration.source, root)
        yield DeclaredResource(
            stack=stack,
            registration=registration,
            config=deployment.provider_config(registration),
            provider=urns.provider_of(registration.provider) if registration.provider else "",
            source=source,
            instantiated=_line(_instantiation(outermost), root) if outermost else source,
            component=f"{outermost.type} {outermost.name}" if outermost else "",
        )


def _providers(stack: str, deployment: Deployment, root: Path) -> Iterator[DeclaredProvider]:
    for registration in deployment.registrations.values():
        if registration.type == "pulumi:providers:aws":
            yield DeclaredProvider(stack, registration, _line(registration.source, root))


def _outermost(registration: Registration, known: Mapping[str, Registration]) -> Registration | None:
    """The component that it belongs to and that belongs to no other."""
    outermost = None
    above = known.get(registration.parent)
    while above and above.type != urns.STACK_TYPE:
        outermost = outermost if above.custom else above
        above = known.get(above.parent)
    return outermost


def _instantiation(component: Registration) -> Source | None:
    """Where the program makes the component.

    A component's class may derive from another's: then the innermost place is that where the one calls the other's
    constructor, which tells nobody which component it is.
    """
    outer = (it for it in component.trace if not _calls_base(it))
    return next(outer, component.source)


def _calls_base(place: Source) -> bool:
    return "super().__init__(" in linecache.getline(place.file, place.line)


def _line(source: Source | None, root: Path) -> SourceLine | None:
    if source is None:
        return None
    path = Path(source.file)
    file = path.relative_to(root) if path.is_relative_to(root) else path
    return SourceLine(file.as_posix(), source.line)


def _outputs(type_token: str) -> Sequence[str]:
    return ["id", *(it for it in output_kinds(type_token) if it != "id")]

"""`estate drift`: what is there against what was declared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from catalogue.environment import Kind
from engine import wire
from engine.diff import apply_ignore_changes, differences
from engine.provider import Operation, Provider, ProviderConfig
from engine.resource import ResourceState
from engine.state import StateStore
from engine.urn import name_of
from estate import deployer
from estate.evaluation import load_estate
from estate.exceptions import NotUp
from estate.places import Places
from estate.terminal import Terminal
from twin.aws.emulator.process import find
from twin.aws.provider import EmulatorProvider

__all__ = ["Drift", "Finding", "find_drift", "run"]


@dataclass(frozen=True)
class Finding:
    """Attributes: kind: ``missing`` or ``changed``; property, declared, actual: None where it is missing."""

    urn: str
    kind: str
    property: str | None = None
    declared: Any = None
    actual: Any = None


@dataclass(frozen=True)
class Drift:
    environment: str
    compared: int
    findings: Sequence[Finding]

    @property
    def holds(self) -> bool:
        return not self.findings

    def to_json(self) -> Mapping[str, Any]:
        return {
            "environment": self.environment,
            "compared": self.compared,
            "findings": [vars(each) for each in self.findings],
        }

    def show(self, console: Console) -> None:
        for each in self.findings:
            if each.kind == "missing":
                console.print(Text(f"missing  {each.urn}", style="red"))
            else:
                console.print(Text(f"changed  {each.urn}", style="yellow"))
                console.print(Text(f"    {each.property}: {each.declared!r} declared, {each.actual!r} there"))
        console.print(
            f"{self.environment}: {self.compared} resources compared, {len(self.findings)} findings."
        )


def run(environment: str, terminal: Terminal) -> Any:
    """Asks the control plane for every resource of the state.

    Raises: NotUp: there is nothing to compare.
    """
    estate = load_estate(environment)
    if estate.environment.kind is Kind.AWS:
        return deployer.drift(environment, terminal)
    places = Places.of(environment)
    emulator = find(places.folder)
    if emulator is None:
        raise NotUp(f"{environment!r} is not up. Run 'estate up {environment}' first.")
    store = StateStore(places.state)
    provider = EmulatorProvider(emulator.endpoint)
    resources = [
        resource
        for stack in store.stacks("estate")
        for resource in store.stack("estate", stack, emulator.nonce).resources.values()
        if resource.is_real
    ]
    findings = [found for each in resources for found in find_drift(each, provider)]
    return Drift(environment, len(resources), findings)


def find_drift(resource: ResourceState, provider: Provider) -> Iterator[Finding]:
    """What differs between a resource as declared and as it is, but for what the program ignores."""
    account, _, region = resource.location.partition("/")
    operation = Operation(
        urn=resource.urn,
        type=resource.type,
        name=name_of(resource.urn),
        token=f"drift-{resource.urn}",
        seed=f"{resource.urn}#{resource.generation}",
        config=ProviderConfig(region=region, account_id=account),
    )
    actual = provider.read(operation, resource.id, wire.plain(dict(resource.outputs)))
    if actual is None:
        yield Finding(resource.urn, "missing")
        return
    hidden = {key for key, value in resource.inputs.items() if wire.is_secret(value)}
    declared = {key: it for key, it in wire.plain(dict(resource.inputs)).items() if key in actual}
    there = {key: actual[key] for key in declared}
    declared = dict(apply_ignore_changes(there, declared, resource.ignore_changes))
    for leaf in differences(declared, there):
        secret = leaf.path.split(".")[0].split("[")[0] in hidden
        shown = (wire.REDACTED, wire.REDACTED) if secret else (leaf.old, leaf.new)
        yield Finding(resource.urn, "changed", leaf.path, *shown)

"""`estate drift`: what is there against what was declared."""

from collections.abc import Iterator
from typing import Any

from catalogue import load_estate
from catalogue.environment import Kind
from engine import wire
from engine.diff import apply_ignore_changes, differences
from engine.provider import Operation, Provider, ProviderConfig
from engine.resource import ResourceState
from engine.state import StateStore
from engine.urn import name_of
from estate import deployer
from estate.drift import Drift, Finding
from estate.exceptions import NotUp
from estate.places import Places
from estate.terminal import Terminal
from twin.aws.emulator.process import find
from twin.aws.provider import EmulatorProvider

__all__ = ["find_drift", "run"]


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

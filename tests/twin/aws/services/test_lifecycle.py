"""Every handled type, from creation to its end, with the samples of its service."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pulumi import _types
from pulumi.runtime import rpc

from engine.exceptions import ResourceFailed
from engine.provider import Change
from tests.twin.aws import services
from tests.twin.aws.sample import CONFIG, Bench, Sample, operation, resolved
from twin.aws import registry
from twin.aws.generate_schema import class_of
from twin.aws.provider import EmulatorProvider

SAMPLES: list[Sample] = [
    sample
    for module in pkgutil.iter_modules(services.__path__)
    if not module.name.startswith("test_")
    for sample in importlib.import_module(f"{services.__name__}.{module.name}").SAMPLES
]

pytestmark = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


@pytest.fixture
def bench(provider: EmulatorProvider) -> Iterator[Bench]:
    bench = Bench(provider)
    yield bench
    bench.clear()


def outputs_of(inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> dict[str, Any]:
    """What the engine records: inputs echoed, the provider's outputs on top."""
    return {**inputs, **outputs}


def refused(token: str, outputs: Mapping[str, Any]) -> list[str]:
    """The outputs that Pulumi's SDK would not take, because their type is not the schema's."""
    types = _types.resource_types(class_of(token))
    return [name for name, value in outputs.items() if not _is_taken(value, types[name])]


def _is_taken(value: Any, annotation: Any) -> bool:
    try:
        rpc.translate_output_properties(value, lambda name: name, annotation)
    except AssertionError:
        return False
    return True


def shown(present: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, Any]:
    return {name: present.get(name) for name in declared}


def test_a_resource_shows_what_was_declared_until_it_is_gone(bench: Bench, sample: Sample) -> None:
    known = bench.needs(sample)
    inputs = resolved(sample.inputs, known)
    provider, row = bench.provider, registry.resource(sample.token)
    taggable = row.tagging is not None
    if taggable:
        inputs |= {"tags": {"owner": "payments"}}

    created = bench.create(sample, inputs)
    recorded = outputs_of(inputs, created.outputs)
    assert created.id
    assert created.outputs.keys() <= provider.output_names(sample.token)
    assert [name for name in sample.outputs if created.outputs.get(name) is None] == []
    assert refused(sample.token, created.outputs) == []
    reading = operation(sample.token, config=bench.config(sample))
    present = provider.read(reading, created.id, recorded)
    assert present is not None
    assert shown(present, inputs) == inputs
    if taggable:
        assert present["tagsAll"] == {"environment": "test", "owner": "payments"}
        assert created.outputs["tagsAll"] == present["tagsAll"]

    changes = resolved(sample.changes, known) | ({"tags": {"team": "cases"}} if taggable else {})
    if changes:
        changed = {**inputs, **changes}
        assert provider.change(sample.token, frozenset(changes)) is Change.UPDATE
        step = operation(sample.token, config=bench.config(sample))
        outputs = provider.update(step, created.id, inputs, changed, recorded)
        recorded = outputs_of(changed, outputs)
        present = provider.read(reading, created.id, recorded)
        assert present is not None
        assert shown(present, changed) == changed
        inputs = changed
    if taggable:
        assert present["tagsAll"] == {"environment": "test", "team": "cases"}

    for _ in range(2):
        provider.delete(operation(sample.token, config=bench.config(sample)), created.id, inputs, recorded)
    bench.made.pop()
    assert sample.stays or provider.read(reading, created.id, recorded) is None


def test_a_property_that_no_call_carries_is_refused(bench: Bench, sample: Sample) -> None:
    with pytest.raises(ResourceFailed, match=r"property 'nobodyKnowsThis' of type .* is not handled"):
        bench.provider.create(operation(sample.token, config=CONFIG), {"nobodyKnowsThis": 1})

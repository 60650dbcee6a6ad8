"""Sample resources, and a person's way of making them: what a row of the handler table is tested with."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.provider import Created, Operation, ProviderConfig
from twin.aws.provider import EmulatorProvider

__all__ = ["CONFIG", "Bench", "Ref", "Sample", "operation"]

CONFIG = ProviderConfig(region="eu-west-2", account_id="123456789012", default_tags={"environment": "test"})

_steps = itertools.count(1)


@dataclass(frozen=True)
class Ref:
    """An output of what the sample needs: ``Ref("vpc")`` is its id, ``Ref("role", "arn")`` its ARN."""

    name: str
    output: str = "id"


@dataclass(frozen=True)
class Sample:
    """One resource with inputs as a program would declare them, JSON plain but for `Ref`.

    Attributes:
        needs: other resources, made before in this order.
        changes: inputs that are then changed in place.
        outputs: outputs, beside id, that programs read and creation must return.
        stays: it cannot be gone, as a VPC's default group.
        region: where not eu-west-2.
    """

    token: str
    inputs: Mapping[str, Any]
    needs: Mapping[str, "Sample"] = field(default_factory=dict[str, "Sample"])
    changes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: tuple[str, ...] = ()
    stays: bool = False
    label: str = ""
    region: str = "eu-west-2"

    @property
    def name(self) -> str:
        """The test's id."""
        return self.token.split(":")[1] + (f"-{self.label}" if self.label else "")


def operation(token: str, name: str = "sample", config: ProviderConfig = CONFIG) -> Operation:
    """A step that nobody has taken before."""
    step = next(_steps)
    urn = f"urn:pulumi:test::estate::{token}::{name}"
    return Operation(
        urn=urn, type=token, name=f"{name}{step}", token=f"step-{step}", seed=f"seed-{step}", config=config
    )


def resolved(value: Any, known: Mapping[str, Mapping[str, Any]]) -> Any:
    """The value with its references filled in."""
    match value:
        case Ref(name, output):
            return known[name][output]
        case Mapping():
            return {key: resolved(item, known) for key, item in value.items()}
        case list() | tuple():
            return [resolved(item, known) for item in value]
        case _:
            return value


@dataclass
class Bench:
    """Makes samples with what they need, and clears up in reverse order."""

    provider: EmulatorProvider
    made: list[tuple[Operation, str, Mapping[str, Any], Mapping[str, Any]]] = field(default_factory=list)

    def config(self, sample: Sample) -> ProviderConfig:
        return ProviderConfig(sample.region, CONFIG.account_id, CONFIG.default_tags)

    def needs(self, sample: Sample) -> dict[str, Mapping[str, Any]]:
        """Outputs of what the sample needs, by the names it gives them; what several need is made once."""
        known: dict[str, Mapping[str, Any]] = {}
        self._make_needs(sample, known)
        return known

    def _make_needs(self, sample: Sample, known: dict[str, Mapping[str, Any]]) -> None:
        for name, needed in sample.needs.items():
            if name not in known:
                self._make_needs(needed, known)
                inputs = resolved(needed.inputs, known)
                created = self.create(needed, inputs)
                known[name] = {"id": created.id, **inputs, **created.outputs}

    def create(self, sample: Sample, inputs: Mapping[str, Any]) -> Created:
        step = operation(sample.token, config=self.config(sample))
        created = self.provider.create(step, inputs)
        self.made.append((step, created.id, inputs, {**inputs, **created.outputs}))
        return created

    def clear(self) -> None:
        while self.made:
            step, made, inputs, outputs = self.made.pop()
            again = Operation(step.urn, step.type, step.name, step.token + "-delete", step.seed, step.config)
            self.provider.delete(again, made, inputs, outputs)

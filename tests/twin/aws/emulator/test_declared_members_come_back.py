"""What a request declares is what AWS shows afterwards, for every kind of resource that the estate has."""

import json
from collections.abc import Iterator
from typing import Any

import jmespath
import pytest

from tests.twin.aws.emulator.conftest import Served, serve
from tests.twin.aws.emulator.samples import SAMPLES, Sample

# The kinds of which stock moto forgets or refuses something: for each there is an extension.
MENDED = [
    "acm-certificate",
    "backup-selection",
    "cloudwatch-composite-alarm",
    "config-recorder",
    "ec2-interface-endpoint",
    "ecs-service",
    "ecs-task-definition",
    "elasticache-member",
    "elasticache-parameter-group",
    "elasticache-replication-group",
    "elbv2-listener",
    "events-archive",
    "lambda-function",
    "logs-group",
    "rds-cluster",
    "rds-global-cluster",
    "rds-instance",
    "scaling-metric-math",
    "scaling-step",
    "scaling-target",
    "secret-rotation",
    "sns-topic",
    "sqs-queue",
]


@pytest.fixture(scope="module")
def extended() -> Iterator[Served]:
    """Nobody else's: samples have names that other tests give too."""
    yield from serve("extended")


@pytest.fixture(scope="module")
def stock() -> Iterator[Served]:
    yield from serve("stock")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_every_declared_member_comes_back(sample: Sample, extended: Served) -> None:
    assert _differences(sample, extended) == {}


def test_stock_moto_fails_at_those_that_are_mended_and_at_no_others(stock: Served) -> None:
    assert sorted([sample.id for sample in SAMPLES if _fails(sample, stock)]) == MENDED


def _fails(sample: Sample, served: Served) -> bool:
    try:
        return bool(_differences(sample, served))
    except Exception:
        return True


def _differences(sample: Sample, served: Served) -> dict[str, tuple[Any, Any]]:
    """By member: what was to be shown, and what was."""
    client = served.clients(sample.service)
    given = sample.given(served.world)
    created = getattr(client, sample.create)(**given)
    answer = getattr(client, sample.read)(**sample.read_with(served.world, created))
    item = jmespath.search(sample.item, answer) or {}
    wanted = {name: value for name, value in given.items() if name not in sample.unreturned} | sample.shown
    return {
        name: (value, item.get(name)) for name, value in wanted.items() if not _shows(item.get(name), value)
    }


def _shows(found: Any, wanted: Any) -> bool:
    """Found has all that is wanted: more members may be there, and lists may be in another order."""
    match wanted:
        case dict():
            return isinstance(found, dict) and all(
                _shows(found.get(name), value) for name, value in wanted.items()
            )
        case list():
            return isinstance(found, list) and all(any(_shows(it, value) for it in found) for value in wanted)
        case str() if isinstance(found, str):
            return found == wanted or _document(found) == _document(wanted)
        case _:
            return found == wanted


def _document(text: str) -> Any:
    """Policies and patterns are JSON in a string, which AWS may lay out anew."""
    try:
        return json.loads(text)
    except ValueError:
        return text

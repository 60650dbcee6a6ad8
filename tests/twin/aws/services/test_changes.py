"""Changes that take more than one call, or none of AWS's defaults by themselves."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from engine.provider import Created
from tests.twin.aws.sample import Bench, Sample, operation, resolved
from tests.twin.aws.services import ecs, elbv2, iam, sqs
from tests.twin.aws.services.cloudwatch import METRIC_ALARM
from twin.aws.provider import EmulatorProvider


@pytest.fixture
def bench(provider: EmulatorProvider) -> Iterator[Bench]:
    bench = Bench(provider)
    yield bench
    bench.clear()


def made(bench: Bench, sample: Sample, **more: Any) -> tuple[Created, dict[str, Any], Mapping[str, Any]]:
    known = bench.needs(sample)
    inputs = {**resolved(sample.inputs, known), **more}
    return bench.create(sample, inputs), inputs, known


def updated(
    bench: Bench, sample: Sample, created: Created, old: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    recorded = {**old, **created.outputs}
    bench.provider.update(operation(sample.token), created.id, old, new, recorded)


def present(bench: Bench, sample: Sample, created: Created, recorded: Mapping[str, Any]) -> Mapping[str, Any]:
    found = bench.provider.read(operation(sample.token), created.id, {**recorded, **created.outputs})
    assert found is not None
    return found


def without(inputs: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if name not in names}


def test_a_removed_attribute_goes_back_to_what_aws_assumes(bench: Bench) -> None:
    sample = elbv2.LOAD_BALANCER
    created, inputs, _ = made(bench, sample)
    updated(bench, sample, created, inputs, without(inputs, "idleTimeout", "accessLogs"))
    now = present(bench, sample, created, inputs)
    assert now["idleTimeout"] == 60
    assert now["accessLogs"]["enabled"] is False


def test_a_removed_queue_attribute_goes_back_to_what_aws_assumes(bench: Bench) -> None:
    sample = sqs.QUEUE
    created, inputs, _ = made(bench, sample)
    updated(
        bench, sample, created, inputs, without(inputs, "visibilityTimeoutSeconds", "receiveWaitTimeSeconds")
    )
    now = present(bench, sample, created, inputs)
    assert (now["visibilityTimeoutSeconds"], now["receiveWaitTimeSeconds"]) == (30, 0)


def test_a_policy_can_change_more_often_than_it_may_have_versions(bench: Bench) -> None:
    sample = iam.POLICY
    created, inputs, _ = made(bench, sample)
    for action in ("sqs:A", "sqs:B", "sqs:C", "sqs:D", "sqs:E", "sqs:F"):
        changed = {**inputs, "policy": iam.grant(action)}
        updated(bench, sample, created, inputs, changed)
        inputs = changed
    assert json.loads(present(bench, sample, created, inputs)["policy"])["Statement"][0]["Action"] == [
        "sqs:F"
    ]


def test_the_desired_count_is_left_alone_unless_it_changes(bench: Bench) -> None:
    sample = ecs.SERVICE
    created, inputs, known = made(bench, sample, desiredCount=2)
    by_scaling = {**inputs, "desiredCount": 5}
    updated(bench, sample, created, inputs, by_scaling)
    updated(bench, sample, created, by_scaling, {**by_scaling, "healthCheckGracePeriodSeconds": 90})
    assert present(bench, sample, created, by_scaling)["desiredCount"] == 5
    assert known["cluster"]["id"] == inputs["cluster"]


def test_an_alarm_put_again_keeps_its_tags(bench: Bench) -> None:
    created, inputs, _ = made(bench, METRIC_ALARM, tags={"owner": "payments"})
    updated(bench, METRIC_ALARM, created, inputs, {**inputs, "threshold": 9})
    now = present(bench, METRIC_ALARM, created, {**inputs, "threshold": 9})
    assert (now["threshold"], now["tags"]) == (9, {"owner": "payments"})

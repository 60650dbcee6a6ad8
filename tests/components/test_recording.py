"""The recorder that the component tests stand on."""

import pulumi
import pulumi_aws as aws
import pytest

from tests.components.recording import record, resolved


class Pair(pulumi.ComponentResource):
    def __init__(self, name: str) -> None:
        super().__init__("estate:test:Pair", name)
        own = pulumi.ResourceOptions(parent=self, ignore_changes=["delaySeconds"])
        first = aws.sqs.Queue(f"{name}-first", delay_seconds=5, opts=own)
        aws.sqs.Queue(
            f"{name}-second",
            redrive_policy=pulumi.Output.json_dumps({"target": first.arn}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"first_arn": first.arn})


def test_a_recording_holds_types_names_parents_options_inputs_and_component_outputs() -> None:
    recording = record(lambda: Pair("pair"))

    first = recording.one("aws:sqs/queue:Queue", "pair-first")
    second = recording.one("aws:sqs/queue:Queue", "pair-second")
    arn = "arn:aws:sqs:eu-west-2:123456789012:pair-first"
    assert recording.names == [
        ("aws:sqs/queue:Queue", "pair-first"),
        ("aws:sqs/queue:Queue", "pair-second"),
        ("estate:test:Pair", "pair"),
    ]
    assert (first.parent, first.ignore_changes, first.inputs) == (
        "pair",
        ("delaySeconds",),
        {"delaySeconds": 5},
    )
    assert second.document("redrivePolicy") == {"target": arn}
    assert second.depends_on == {"pair-first"}
    assert recording.component("pair").outputs == {"first_arn": arn}


def test_nothing_of_one_run_reaches_the_next() -> None:
    record(lambda: Pair("one"))

    assert record(lambda: Pair("two")).names_of("estate:test:Pair") == ["two"]


def test_a_program_that_fails_fails_its_own_run_only() -> None:
    def fail() -> None:
        aws.sqs.Queue("queue").arn.apply(lambda _: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        record(fail)

    assert record(lambda: Pair("next")).names_of("aws:sqs/queue:Queue") == [
        "next-first",
        "next-second",
    ]


def test_a_preview_registers_the_same_resources_although_outputs_are_unknown() -> None:
    assert record(lambda: Pair("pair"), preview=True).names == record(lambda: Pair("pair")).names


def test_what_could_be_tagged_and_is_not_is_named() -> None:
    def build() -> None:
        aws.sqs.Queue("bare")
        aws.sqs.Queue("tagged", tags={"owner": "hub", "Name": "tagged"})
        aws.sqs.QueuePolicy("policy", queue_url="url", policy="{}")

    assert record(build).untagged({"owner": "hub"}) == [("aws:sqs/queue:Queue", "bare")]


def test_an_output_resolves_to_its_value() -> None:
    assert resolved(lambda: aws.sqs.Queue("queue").arn) == "arn:aws:sqs:eu-west-2:123456789012:queue"

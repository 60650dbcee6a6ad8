"""Events reach the targets of their rules."""

import json
from typing import Any

import jsonpath_ng.ext
import pytest

from tests.twin.aws.emulator.conftest import Served
from tests.twin.aws.emulator.open_queue import open_to
from twin.aws.emulator.extensions import events

RULE = "arn:aws:events:eu-west-2:123456789012:rule/routes/cases"


def test_an_event_reaches_every_target_of_its_rule(extended: Served) -> None:
    bus, sqs = extended.clients("events"), extended.clients("sqs")
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    urls = [
        sqs.create_queue(QueueName="routed")["QueueUrl"],
        sqs.create_queue(QueueName="routed.fifo", Attributes=attributes)["QueueUrl"],
    ]
    arns = [f"arn:aws:sqs:eu-west-2:123456789012:{url.rpartition('/')[2]}" for url in urls]
    for url, arn in zip(urls, arns, strict=True):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": open_to("events", arn, RULE)})
    bus.create_event_bus(Name="routes")
    bus.put_rule(Name="cases", EventBusName="routes", EventPattern='{"source": ["estate.case"]}')
    targets = [
        {"Id": "standard", "Arn": arns[0]},
        {"Id": "fifo", "Arn": arns[1], "SqsParameters": {"MessageGroupId": "g"}},
    ]
    bus.put_targets(Rule="cases", EventBusName="routes", Targets=targets)
    entry = {"DetailType": "CaseOpened", "Detail": '{"case": 1}', "EventBusName": "routes"}
    bus.put_events(Entries=[{**entry, "Source": it} for it in ("estate.case", "estate.other")])
    for url in urls:
        received = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2, MaxNumberOfMessages=10)["Messages"]
        assert [json.loads(it["Body"])["detail"] for it in received] == [{"case": 1}]


def test_a_path_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    paths: Any = jsonpath_ng.ext
    monkeypatch.setattr(paths, "parse", paths.parse)
    assert paths.parse("$.detail") is not paths.parse("$.detail")
    events._parse_paths_once()
    assert paths.parse("$.detail") is paths.parse("$.detail")

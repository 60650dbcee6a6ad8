import json
from typing import Any

from tests.twin.aws.emulator.conftest import Served
from twin.aws.emulator.extensions.sqs import _Sending, _Target

ALLOW = json.dumps({"redrivePermission": "denyAll"})


def test_the_redrive_allow_policy_is_shown_by_name_and_can_be_taken_away(mended: Served) -> None:
    sqs = mended.clients("sqs")
    url = sqs.create_queue(QueueName="allowed")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedriveAllowPolicy": ALLOW})
    asked = {"QueueUrl": url, "AttributeNames": ["RedriveAllowPolicy"]}
    assert sqs.get_queue_attributes(**asked)["Attributes"] == {"RedriveAllowPolicy": ALLOW}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedriveAllowPolicy": ""})
    assert sqs.get_queue_attributes(**asked).get("Attributes", {}) == {}


def test_what_is_sent_is_received_in_order_with_its_attributes(extended: Served) -> None:
    sqs = extended.clients("sqs")
    url = sqs.create_queue(QueueName="sent.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    attribute = {"kind": {"DataType": "String", "StringValue": "claim"}}
    for number in ("1", "2"):
        sqs.send_message(
            QueueUrl=url,
            MessageBody=number,
            MessageGroupId="g",
            MessageDeduplicationId=number,
            MessageAttributes=attribute,
        )
    sqs.send_message(QueueUrl=url, MessageBody="2", MessageGroupId="g", MessageDeduplicationId="2")
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])[
        "Messages"
    ]
    assert [(it["Body"], it["MessageAttributes"]["kind"]["StringValue"]) for it in received] == [
        ("1", "claim"),
        ("2", "claim"),
    ]


class _CountingQueue:
    content_based_deduplication = False
    counted = 0

    @property
    def attributes(self) -> dict[str, Any]:
        self.counted += 1
        return {}


def test_a_send_does_not_ask_the_queue_for_its_counts() -> None:
    queue = _CountingQueue()
    seen = _Sending(object(), queue).get_queue("q")
    assert isinstance(seen, _Target)
    assert seen.attributes.get("ContentBasedDeduplication") == "false"
    assert queue.counted == 0

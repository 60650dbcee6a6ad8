import json
import socket
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served
from tests.twin.aws.emulator.open_queue import open_to

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


def _queue(sqs: Any, name: str, **attributes: str) -> tuple[str, str]:
    """Its URL and ARN."""
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, found["Attributes"]["QueueArn"]


def _with_dead_letters(sqs: Any, name: str, suffix: str = "", **attributes: str) -> tuple[str, str, str]:
    """The queue's URL, that of its dead-letter queue, and the latter's ARN."""
    dead_url, dead_arn = _queue(sqs, f"{name}-dlq{suffix}", **attributes)
    redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1})
    url, _ = _queue(sqs, f"{name}{suffix}", VisibilityTimeout="0", RedrivePolicy=redrive, **attributes)
    return url, dead_url, dead_arn


def _received(sqs: Any, url: str, **given: Any) -> list[dict[str, Any]]:
    return sqs.receive_message(QueueUrl=url, **{"MaxNumberOfMessages": 10, **given}).get("Messages", [])


FIFO = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}


@pytest.mark.parametrize(("suffix", "attributes"), [("", {}), (".fifo", FIFO)], ids=["standard", "fifo"])
def test_what_is_received_too_often_is_a_dead_letter(
    extended: Served, suffix: str, attributes: dict[str, str]
) -> None:
    sqs = extended.clients("sqs")
    url, dead_url, _ = _with_dead_letters(sqs, "often", suffix, **attributes)
    sqs.send_message(QueueUrl=url, MessageBody="poison", **({"MessageGroupId": "g"} if suffix else {}))
    assert [it["Body"] for it in _received(sqs, url)] == ["poison"]
    assert _received(sqs, url) == []
    (dead,) = _received(sqs, dead_url, MessageSystemAttributeNames=["All"])
    assert dead["Body"] == "poison"
    assert dead["Attributes"]["DeadLetterQueueSourceArn"].endswith(f":often{suffix}")


def test_a_duplicate_of_a_deleted_message_is_not_delivered(mended: Served) -> None:
    sqs = mended.clients("sqs")
    url, _ = _queue(sqs, "duplicates.fifo", **FIFO)
    given = {"QueueUrl": url, "MessageBody": "once", "MessageGroupId": "g"}
    sqs.send_message(**given)
    (message,) = _received(sqs, url)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    sqs.send_message(**given)
    assert _received(sqs, url) == []


def test_counts_tell_visible_delayed_and_in_flight(extended: Served) -> None:
    sqs = extended.clients("sqs")
    url, _ = _queue(sqs, "counted")
    entries = [
        {"Id": "a", "MessageBody": "a"},
        {"Id": "b", "MessageBody": "b"},
        {"Id": "c", "MessageBody": "c", "DelaySeconds": 900},
    ]
    sent = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert [it["Id"] for it in sent["Successful"]] == ["a", "b", "c"]
    _received(sqs, url, MaxNumberOfMessages=1)
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    names = ("", "Delayed", "NotVisible")
    assert [found[f"ApproximateNumberOfMessages{it}"] for it in names] == ["1", "1", "1"]


def test_a_batch_tells_of_each_entry(extended: Served) -> None:
    sqs = extended.clients("sqs")
    url, _ = _queue(sqs, "batches")
    sqs.send_message(QueueUrl=url, MessageBody="kept")
    (message,) = _received(sqs, url)
    handles = {"good": message["ReceiptHandle"], "bad": "nothing"}
    entries = [{"Id": name, "ReceiptHandle": handle} for name, handle in handles.items()]
    answer = sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    assert answer["Successful"] == [{"Id": "good"}]
    assert [(it["Id"], it["Code"]) for it in answer["Failed"]] == [("bad", "ReceiptHandleIsInvalid")]


@pytest.mark.parametrize(
    ("operation", "given", "code"),
    [
        ("send_message", {"MessageBody": "late", "DelaySeconds": 901}, "InvalidParameterValue"),
        ("send_message", {"MessageBody": "\x00"}, "InvalidMessageContents"),
        ("receive_message", {"WaitTimeSeconds": 21}, "InvalidParameterValue"),
        ("receive_message", {"MaxNumberOfMessages": 11}, "InvalidParameterValue"),
        ("delete_message", {"ReceiptHandle": "nothing"}, "ReceiptHandleIsInvalid"),
        ("send_message_batch", {"Entries": []}, "AWS.SimpleQueueService.EmptyBatchRequest"),
    ],
)
def test_what_aws_refuses_is_refused(
    extended: Served, operation: str, given: dict[str, Any], code: str
) -> None:
    sqs = extended.clients("sqs")
    url, _ = _queue(sqs, "refusing")
    with pytest.raises(ClientError) as refused:
        getattr(sqs, operation)(QueueUrl=url, **given)
    assert refused.value.response["Error"]["Code"] == code


def test_a_queue_that_is_not_there_is_named_as_aws_names_it(extended: Served) -> None:
    sqs = extended.clients("sqs")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.receive_message(QueueUrl=f"{extended.endpoint}/123456789012/nowhere")


def test_a_consumer_that_hung_up_takes_no_message_with_it(extended: Served) -> None:
    sqs = extended.clients("sqs")
    url, _ = _queue(sqs, "hung-up")
    host, port = extended.endpoint.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        body = json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20}).encode()
        credential = "Credential=AKIAIOSFODNN7EXAMPLE/20260101/eu-west-2/sqs/aws4_request"
        head = (
            "POST / HTTP/1.1\r\nHost: sqs\r\nX-Amz-Target: AmazonSQS.ReceiveMessage\r\n"
            f"Content-Type: application/x-amz-json-1.0\r\nAuthorization: AWS4-HMAC-SHA256 {credential}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        connection.sendall(head.encode() + body)
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(1)
    sqs.send_message(QueueUrl=url, MessageBody="wanted")
    assert [it["Body"] for it in _received(sqs, url, WaitTimeSeconds=2)] == ["wanted"]


def test_what_a_topic_delivers_is_received(extended: Served) -> None:
    sqs, sns = extended.clients("sqs"), extended.clients("sns")
    url, arn = _queue(sqs, "subscribed")
    topic = sns.create_topic(Name="told")["TopicArn"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": open_to("sns", arn, topic)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    sns.publish(TopicArn=topic, Message="news")
    assert [it["Body"] for it in _received(sqs, url, WaitTimeSeconds=2)] == ["news"]


def _moved(sqs: Any, dead_arn: str) -> dict[str, Any]:
    """The last task, once it is over."""
    deadline = time.monotonic() + 5
    while True:
        (task,) = sqs.list_message_move_tasks(SourceArn=dead_arn)["Results"]
        if task["Status"] not in ("RUNNING", "CANCELLING"):
            return task
        assert time.monotonic() < deadline


def _dead_letters(sqs: Any, name: str, count: int) -> tuple[str, str, str]:
    url, dead_url, dead_arn = _with_dead_letters(sqs, name)
    for number in range(count):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    _received(sqs, url)
    _received(sqs, url)
    return url, dead_url, dead_arn


def test_dead_letters_go_back_to_their_queue_as_new_messages(mended: Served) -> None:
    sqs = mended.clients("sqs")
    url, dead_url, dead_arn = _dead_letters(sqs, "redriven", 3)
    sqs.start_message_move_task(SourceArn=dead_arn)
    task = _moved(sqs, dead_arn)
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 3)
    received = _received(sqs, url, MessageSystemAttributeNames=["ApproximateReceiveCount"])
    assert sorted(it["Body"] for it in received) == ["0", "1", "2"]
    assert {it["Attributes"]["ApproximateReceiveCount"] for it in received} == {"1"}
    assert _received(sqs, dead_url) == []


def test_a_move_is_cancelled_and_there_is_one_at_a_time(extended: Served) -> None:
    sqs = extended.clients("sqs")
    _, _, dead_arn = _dead_letters(sqs, "slow", 3)
    task = sqs.start_message_move_task(SourceArn=dead_arn, MaxNumberOfMessagesPerSecond=1)
    with pytest.raises(ClientError, match="Only one active task"):
        sqs.start_message_move_task(SourceArn=dead_arn)
    sqs.cancel_message_move_task(TaskHandle=task["TaskHandle"])
    task = _moved(sqs, dead_arn)
    assert task["Status"] == "CANCELLED"
    assert task["ApproximateNumberOfMessagesMoved"] < 3


def test_only_dead_letter_queues_are_moved_from(extended: Served) -> None:
    sqs = extended.clients("sqs")
    _, arn = _queue(sqs, "of-nobody")
    with pytest.raises(ClientError, match="must be configured as a Dead Letter Queue"):
        sqs.start_message_move_task(SourceArn=arn)

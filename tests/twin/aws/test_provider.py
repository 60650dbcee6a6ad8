"""The provider keeps its promises to the engine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import boto3
import pytest

from engine import functions
from engine.exceptions import ResourceFailed, UnsupportedFunction, UnsupportedResource
from engine.provider import Change, Operation, ProviderConfig
from tests.twin.aws.sample import CONFIG, operation
from twin.aws.exceptions import ControlPlaneDown, EndpointRefused
from twin.aws.provider import EmulatorProvider

VPC = "aws:ec2/vpc:Vpc"
QUEUE = "aws:sqs/queue:Queue"
PARAMETER = "aws:ssm/parameter:Parameter"


class Plane(BaseHTTPRequestHandler):
    """Passes for a control plane."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, answer = self.answer(body)
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def answer(self, body: bytes) -> tuple[int, bytes]:
        raise NotImplementedError

    def log_message(self, format: str, *args: object) -> None:
        pass


class Recorder(Plane):
    """Notes what each request is marked with, and answers as SQS does."""

    seen: ClassVar[list[tuple[str | None, str | None]]] = []

    def answer(self, body: bytes) -> tuple[int, bytes]:
        self.seen.append((self.headers.get("x-estate-operation"), self.headers.get("x-moto-account-id")))
        return 200, b'{"QueueUrl": "http://127.0.0.1/1/q", "Attributes": {"QueueArn": "a"}}'


class Echo(Plane):
    """Refuses every request, and says what it was."""

    def answer(self, body: bytes) -> tuple[int, bytes]:
        error = {"__type": "ValidationException", "message": f"Cannot take {body.decode()}"}
        return 400, json.dumps(error).encode()


@contextmanager
def serving(plane: type[Plane]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), plane)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def recorder() -> Iterator[tuple[str, list[tuple[str | None, str | None]]]]:
    Recorder.seen.clear()
    with serving(Recorder) as endpoint:
        yield endpoint, Recorder.seen


@pytest.fixture
def echo() -> Iterator[str]:
    with serving(Echo) as endpoint:
        yield endpoint


@pytest.mark.parametrize(
    "endpoint", ["https://sqs.eu-west-2.amazonaws.com", "http://10.0.0.1:5000", "nonsense"]
)
def test_an_endpoint_that_is_not_this_machine_is_refused(endpoint: str) -> None:
    with pytest.raises(EndpointRefused, match="The endpoint must be a loopback address"):
        EmulatorProvider(endpoint)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"])
def test_loopback_is_accepted(endpoint: str) -> None:
    EmulatorProvider(endpoint)


def test_a_control_plane_that_does_not_answer_is_said_to_be_down() -> None:
    provider = EmulatorProvider("http://127.0.0.1:1")
    with pytest.raises(ControlPlaneDown, match=r"The control plane at http://127\.0\.0\.1:1 does not answer"):
        provider.create(operation(VPC), {"cidrBlock": "10.0.0.0/16"})


def test_every_call_of_a_step_bears_the_steps_token_and_its_number(
    recorder: tuple[str, list[tuple[str | None, str | None]]],
) -> None:
    endpoint, seen = recorder
    provider = EmulatorProvider(endpoint)
    config = ProviderConfig("eu-west-2", "111122223333", {})
    first = Operation("urn", QUEUE, "q", "token-1", "seed-1", config)
    created = provider.create(first, {"name": "q"})
    second = Operation("urn", QUEUE, "q", "token-2", "seed-1", config)
    inputs = {"name": "q", "delaySeconds": 5}
    provider.update(second, created.id, {"name": "q"}, inputs, {"name": "q", **created.outputs})
    assert seen == [
        ("token-1/1", "111122223333"),
        ("token-2/1", "111122223333"),
        ("token-2/2", "111122223333"),
        ("token-2/3", "111122223333"),
    ]


def test_reading_bears_no_token_because_it_must_not_be_replayed(
    recorder: tuple[str, list[tuple[str | None, str | None]]],
) -> None:
    endpoint, seen = recorder
    EmulatorProvider(endpoint).read(operation(QUEUE), "http://127.0.0.1/1/q", {"name": "q"})
    assert {token for token, _ in seen} == {None}


def test_a_step_that_is_repeated_makes_nothing_twice(provider: EmulatorProvider) -> None:
    step = operation(VPC)
    inputs = {"cidrBlock": "10.99.0.0/16", "enableDnsHostnames": True}
    first, again = provider.create(step, inputs), provider.create(step, inputs)
    assert again == first
    provider.delete(operation(VPC), first.id, inputs, first.outputs)


def test_a_replacement_never_has_the_name_of_what_it_replaces(provider: EmulatorProvider) -> None:
    one, other = operation(QUEUE), operation(QUEUE)
    first = provider.create(Operation(one.urn, QUEUE, "same", one.token, one.seed, CONFIG), {})
    second = provider.create(Operation(one.urn, QUEUE, "same", other.token, other.seed, CONFIG), {})
    assert first.outputs["name"] != second.outputs["name"]
    for created in (first, second):
        provider.delete(operation(QUEUE), created.id, {}, created.outputs)


def test_awss_error_reaches_the_user_with_its_code(provider: EmulatorProvider) -> None:
    step = operation("aws:ec2/subnet:Subnet")
    with pytest.raises(ResourceFailed) as raised:
        provider.create(step, {"vpcId": "vpc-0000000000000000a", "cidrBlock": "10.0.0.0/24"})
    assert raised.value.operation == "create"
    assert raised.value.reason.startswith("InvalidVpcID.NotFound: ")


def test_no_error_shows_a_secret(echo: str) -> None:
    inputs = {"name": "/x", "type": "SecureString", "value": "hunter2"}
    with pytest.raises(ResourceFailed) as raised:
        EmulatorProvider(echo).create(operation(PARAMETER), inputs)
    assert raised.value.reason.startswith("ValidationException: ")
    assert "[secret]" in raised.value.reason
    assert "hunter2" not in str(raised.value)
    assert raised.value.__suppress_context__


def test_a_property_without_a_place_deep_inside_is_named_by_its_path(provider: EmulatorProvider) -> None:
    with pytest.raises(ResourceFailed, match=r"property 'settings\.colour' of type aws:ecs/cluster:Cluster"):
        provider.create(operation("aws:ecs/cluster:Cluster"), {"settings": [{"name": "a", "colour": "red"}]})


def test_a_change_that_nothing_carries_is_refused(provider: EmulatorProvider) -> None:
    inputs = {"cidrBlock": "10.98.0.0/16"}
    created = provider.create(operation(VPC), inputs)
    with pytest.raises(ResourceFailed, match=r"property 'cidrBlock' of type .* cannot be changed in place"):
        provider.update(operation(VPC), created.id, inputs, {"cidrBlock": "10.97.0.0/16"}, created.outputs)
    provider.delete(operation(VPC), created.id, inputs, created.outputs)


@pytest.mark.parametrize(
    ("type_token", "changed", "inputs", "change"),
    [
        pytest.param(VPC, {"tags"}, {}, Change.UPDATE, id="tags"),
        pytest.param(VPC, {"enableDnsHostnames"}, {}, Change.UPDATE, id="setting"),
        pytest.param(VPC, {"cidrBlock", "tags"}, {}, Change.REPLACE, id="cidr"),
        pytest.param(VPC, {"region"}, {}, Change.REPLACE, id="region"),
        pytest.param(QUEUE, {"fifoQueue"}, {}, Change.REPLACE, id="made-up-name"),
        pytest.param(QUEUE, {"fifoQueue"}, {"name": "a"}, Change.DELETE_BEFORE_REPLACE, id="fixed-name"),
        pytest.param(QUEUE, {"name"}, {"name": "b"}, Change.REPLACE, id="new-name"),
        pytest.param("aws:ec2/route:Route", {"routeTableId"}, {}, Change.DELETE_BEFORE_REPLACE, id="route"),
    ],
)
def test_a_change_is_carried_out_this_way(
    provider: EmulatorProvider, type_token: str, changed: set[str], inputs: dict, change: Change
) -> None:
    assert provider.change(type_token, frozenset(changed), inputs) is change


def test_default_tags_give_way_to_the_resources_own(provider: EmulatorProvider) -> None:
    inputs = {"cidrBlock": "10.96.0.0/16", "tags": {"environment": "special", "owner": "cases"}}
    created = provider.create(operation(VPC), inputs)
    assert created.outputs["tagsAll"] == {"environment": "special", "owner": "cases"}
    present = provider.read(operation(VPC), created.id, {**inputs, **created.outputs})
    assert present is not None
    assert present["tags"] == inputs["tags"]
    provider.delete(operation(VPC), created.id, inputs, created.outputs)


def test_drift_shows_in_what_was_declared(provider: EmulatorProvider, endpoint: str) -> None:
    inputs = {"cidrBlock": "10.95.0.0/16", "enableDnsSupport": True, "tags": {"owner": "cases"}}
    created = provider.create(operation(VPC), inputs)
    ec2 = boto3.client(
        "ec2", "eu-west-2", endpoint_url=endpoint, aws_access_key_id="x", aws_secret_access_key="x"
    )
    ec2.modify_vpc_attribute(VpcId=created.id, EnableDnsSupport={"Value": False})
    ec2.create_tags(Resources=[created.id], Tags=[{"Key": "by", "Value": "hand"}])
    present = provider.read(operation(VPC), created.id, {**inputs, **created.outputs})
    assert present is not None
    assert {name: present[name] for name in inputs} == {
        "cidrBlock": "10.95.0.0/16",
        "enableDnsSupport": False,
        "tags": {"owner": "cases", "by": "hand"},
    }
    provider.delete(operation(VPC), created.id, inputs, created.outputs)


def test_types_and_functions_without_a_row_are_refused(provider: EmulatorProvider) -> None:
    with pytest.raises(UnsupportedResource, match="aws:ec2/instance:Instance"):
        provider.check("aws:ec2/instance:Instance")
    with pytest.raises(UnsupportedFunction, match="aws:ec2/getAmi:getAmi"):
        provider.invoke("aws:ec2/getAmi:getAmi", {}, CONFIG)


def test_a_function_that_asks_nobody_answers_as_in_a_preview(provider: EmulatorProvider) -> None:
    token = "aws:index/getRegion:getRegion"
    assert provider.invoke(token, {}, CONFIG) == functions.answer(token, {}, CONFIG)

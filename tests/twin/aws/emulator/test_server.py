"""The emulator over HTTP."""

import contextlib
import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import moto
import pytest

from tests.twin.aws.emulator.conftest import Served


@pytest.fixture
def connection(extended: Served) -> Iterator[http.client.HTTPConnection]:
    address = urlsplit(extended.endpoint)
    with contextlib.closing(
        http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    ) as opened:
        yield opened


def _get(connection: http.client.HTTPConnection, path: str, method: str = "GET") -> tuple[int, object]:
    connection.request(method, path)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def test_one_connection_serves_many_requests(connection: http.client.HTTPConnection) -> None:
    ports: set[int] = set()
    for _ in range(3):
        _get(connection, "/moto-api/estate/identity")
        ports.add(connection.sock.getsockname()[1])
    assert len(ports) == 1


def test_it_says_which_boot_it_is(connection: http.client.HTTPConnection) -> None:
    assert _get(connection, "/moto-api/estate/identity") == (
        200,
        {"nonce": "test", "account": "123456789012", "moto": moto.__version__},
    )


@pytest.mark.parametrize(("method", "path"), [("POST", "identity"), ("GET", "nothing"), ("GET", "forget")])
def test_what_is_not_there_names_what_is(
    connection: http.client.HTTPConnection, method: str, path: str
) -> None:
    status, document = _get(connection, f"/moto-api/estate/{path}", method)
    assert (status, document) == (
        404,
        {
            "message": f"No {method} /moto-api/estate/{path}. "
            "There are GET changes, GET identity, GET inventory, GET permissions, "
            "POST forget, POST login, POST metrics, POST report and POST settled."
        },
    )


def test_a_bucket_s_object_comes_back_whole(extended: Served) -> None:
    s3 = extended.clients("s3")
    body = bytes(range(256)) * 4096
    s3.put_object(Bucket="world-logs", Key="a b/ü", Body=body)
    assert s3.head_object(Bucket="world-logs", Key="a b/ü")["ContentLength"] == len(body)
    assert s3.get_object(Bucket="world-logs", Key="a b/ü")["Body"].read() == body


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        pytest.param("ec2", "describe_fpga_images", {}, id="ec2"),
        pytest.param("rds", "describe_certificates", {}, id="query"),
        pytest.param("ecs", "list_daemons", {}, id="json"),
        pytest.param("backup", "list_frameworks", {}, id="rest-json"),
    ],
)
def test_an_operation_that_moto_lacks_says_so_in_its_protocol(
    extended: Served, service: str, operation: str, arguments: dict[str, str]
) -> None:
    client = extended.clients(service)
    with pytest.raises(client.exceptions.ClientError) as raised:
        getattr(client, operation)(**arguments)
    assert raised.value.response["Error"]["Code"] == "NotImplemented"

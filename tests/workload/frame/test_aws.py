"""How a task asks AWS."""

import asyncio
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from urllib3 import HTTPResponse

from workload.aws import ASKED_FIRST_BYTES, Aws
from workload.exceptions import DependencyAway


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


async def _called(operation: str, answer: Callable[..., AWSResponse], **arguments: Any) -> dict[str, Any]:
    """What S3 is asked is answered here."""
    aws = Aws("eu-west-2")
    aws._client("s3", False).meta.events.register("before-send.s3", answer)
    try:
        return await aws.call("s3", operation, dependency="drafts", Bucket="drafts", Key="key", **arguments)
    finally:
        aws.close()


def _answer(request: Any, content: bytes = b"", **headers: str) -> AWSResponse:
    return AWSResponse(request.url, 200, headers, HTTPResponse(BytesIO(content), preload_content=False))


@pytest.mark.parametrize(("size", "expects"), [(0, False), (300, False), (ASKED_FIRST_BYTES, True)])
def test_a_small_body_goes_along_with_its_request(size: int, expects: bool) -> None:
    sent: list[Any] = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        sent.append(request)
        return _answer(request)

    asyncio.run(_called("put_object", answer, Body=b"x" * size))

    assert ["Expect" in it.headers for it in sent] == [expects]


def test_an_object_is_read_where_it_was_asked_for() -> None:
    def answer(request: Any, **_: Any) -> AWSResponse:
        return _answer(request, b"kept", **{"Content-Length": "4"})

    assert asyncio.run(_called("get_object", answer))["Body"] == b"kept"


def test_an_object_that_breaks_off_is_a_dependency_that_is_away() -> None:
    def answer(request: Any, **_: Any) -> AWSResponse:
        return _answer(request, b"ke", **{"Content-Length": "4"})

    with pytest.raises(DependencyAway, match="drafts"):
        asyncio.run(_called("get_object", answer))

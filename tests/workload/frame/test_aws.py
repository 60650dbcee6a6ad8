"""How a task asks AWS."""

import asyncio
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from urllib3 import HTTPResponse

from workload.aws import ASKED_FIRST_BYTES, Aws


@pytest.mark.parametrize(("size", "expects"), [(0, False), (300, False), (ASKED_FIRST_BYTES, True)])
def test_a_small_body_goes_along_with_its_request(
    size: int, expects: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    sent: list[Any] = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 200, {}, HTTPResponse(BytesIO()))

    async def put() -> None:
        aws = Aws("eu-west-2")
        aws._client("s3", False).meta.events.register("before-send.s3.PutObject", answer)
        await aws.call("s3", "put_object", dependency="drafts", Bucket="drafts", Key="key", Body=b"x" * size)
        aws.close()

    asyncio.run(put())

    assert ["Expect" in it.headers for it in sent] == [expects]

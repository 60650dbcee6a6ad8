"""Calls of one emulated service to another, as AWS makes them in its own name under a service-linked role.

They go the way of every request, so that whatever holds for a call from outside holds for them too.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import botocore.serialize
from moto.core.utils import get_service_model
from werkzeug.test import EnvironBuilder

from twin.aws.emulator.answer import Responder
from twin.aws.emulator.call import Document, call_of
from twin.aws.emulator.errors import AwsError

__all__ = ["ACCESS_KEY", "inner_call"]

ACCESS_KEY = "AKIAAWSSERVICEITSELF"
"""Who signs. It belongs to nobody in IAM."""


def inner_call(
    respond: Responder, service: str, operation: str, region: str, parameters: Document
) -> Document:
    """What the service answers.

    Args:
        service: boto3's name.
        operation: AWS's name, such as ``UpdateService``.

    Raises:
        AwsError: the service refuses.
    """
    environ = _environ(service, operation, region, parameters)
    call = call_of(environ, service, {operation})
    if call is None:
        raise AwsError("InvalidAction", f"{service} has no operation {operation}.")
    answer = respond(environ)
    document = call.document(answer)
    if answer.code >= 300:
        error = document.get("Error", {})
        raise AwsError(str(error.get("Code")), str(error.get("Message")), answer.status)
    return document


def _headers(request: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for name, value in request["headers"].items()]


def _environ(service: str, operation: str, region: str, parameters: Document) -> dict[str, Any]:
    model = get_service_model(service)
    serializer = botocore.serialize.create_serializer(str(model.resolved_protocol), include_validation=False)
    request = serializer.serialize_to_request(parameters, model.operation_model(operation))
    body = request["body"]
    scope = f"{ACCESS_KEY}/20260101/{region}/{model.signing_name}/aws4_request"
    builder = EnvironBuilder(
        method=request["method"],
        path=request["url_path"],
        query_string=request["query_string"] or None,
        base_url=f"http://{model.endpoint_prefix}.{region}.amazonaws.com",
        headers=[*_headers(request), ("Authorization", f"AWS4-HMAC-SHA256 Credential={scope}")],
        data=urlencode(body).encode() if isinstance(body, dict) else body,
    )
    try:
        return dict(builder.get_environ())
    finally:
        builder.close()

"""Which requests change what is declared, told by the operation's name.

AWS's service models do not say which operations only read, but AWS's names do, and so do HTTP's methods in its REST
protocols. What uses a resource and leaves it as it is declared (a message sent, an object put, a record read) is
traffic, and no change.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from botocore.exceptions import UnknownServiceError
from moto.core.request import Request
from moto.core.routing import get_service_router
from werkzeug.exceptions import HTTPException

__all__ = ["is_change", "operation_name"]

_READS = re.compile(
    r"(Describe|List|Get|Head|BatchGet|BatchCheck|Search|Lookup|Query|Scan|Filter|Select|Simulate|Validate|Test|Check|"
    r"Discover|Estimate|Preview|Download|Decode|AssumeRole|TransactGet)(?=[A-Z]|$)"
)

_TRAFFIC: Mapping[str, re.Pattern[str]] = {
    service: re.compile(rf"({names})$")
    for service, names in {
        "cloudwatch": "PutMetricData",
        "dynamodb": r"(Put|Update|Delete)Item|BatchWriteItem|TransactWriteItems|(Batch)?Execute\w+",
        "ecr": r"UploadLayerPart|InitiateLayerUpload|CompleteLayerUpload",
        "events": "PutEvents",
        "firehose": r"PutRecord(Batch)?",
        "kinesis": r"PutRecords?|SubscribeToShard",
        "kms": r"\w*[Ee]ncrypt|Decrypt|Generate\w+|Sign|Verify\w*|DeriveSharedSecret",
        "lambda": r"Invoke\w*",
        "logs": r"PutLogEvents|(Create|Delete)LogStream|(Start|Stop)Query|StartLiveTail",
        "s3": r"\w*(Object(s|Acl|Tagging|Retention|LegalHold)?|MultipartUpload|UploadPart(Copy)?)",
        "sns": r"Publish(Batch)?",
        "sqs": r"(Send|Receive|Delete)Message(Batch)?|ChangeMessageVisibility(Batch)?|PurgeQueue",
        "sts": r"\w+",
    }.items()
}

_RPC_PATH = re.compile(r"^/service/[^/]+/operation/(\w+)$")
_FORM = "application/x-www-form-urlencoded"


def is_change(environ: Mapping[str, Any], service: str, known_name: str | None = None) -> bool:
    """Whether a request that succeeded has changed what the service declares.

    Args:
        service: boto3's name.
        known_name: the operation's, where the request was read already.
    """
    if not service:
        return False
    name = known_name or operation_name(environ, service)
    traffic = _TRAFFIC.get(service)
    return not (name is None or _READS.match(name) or (traffic and traffic.match(name)))


def operation_name(environ: Mapping[str, Any], service: str) -> str | None:
    """The operation, None for one that HTTP itself says only reads.

    What cannot be told apart in a REST protocol has the method as its name, so that it counts as a change.
    """
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target).rpartition(".")[2]
    if rpc := _RPC_PATH.match(environ.get("PATH_INFO", "")):
        return rpc[1]
    if action := _action(environ):
        return action
    return None if environ["REQUEST_METHOD"] in ("GET", "HEAD") else _routed(environ, service)


def _action(environ: Mapping[str, Any]) -> str | None:
    form = environ.get("QUERY_STRING", "")
    if environ.get("CONTENT_TYPE", "").startswith(_FORM):
        form = environ["wsgi.input"].getvalue().decode("ascii", "replace") or form
    return parse_qs(form)["Action"][0] if "Action=" in form else None


def _routed(environ: Mapping[str, Any], service: str) -> str:
    try:
        operation, _ = get_service_router(service).match(Request(dict(environ)))
    except (HTTPException, NotImplementedError, UnknownServiceError):
        return str(environ["REQUEST_METHOD"])
    return str(operation.name)

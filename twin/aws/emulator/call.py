"""A request as a call of AWS's API: which operation of which service, with which parameters.

Requests and answers are read and written by AWS's own service models, so that an extension deals in plain documents
whatever protocol the service speaks.
"""

import datetime
import gzip
import io
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

import botocore.parsers
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from moto.iam.models import get_account_id_from
from werkzeug.exceptions import NotFound

from twin.aws.emulator.answer import Answer, complete
from twin.aws.emulator.scope import access_key, signing_scope

__all__ = ["Call", "Document", "call_of"]

Document = dict[str, Any]

_PARSERS = botocore.parsers.ResponseParserFactory()
# Timestamps pass through as AWS's clients show them.
_PARSERS.set_parser_defaults(timestamp_parser=lambda value: _timestamp(value))


@dataclass(frozen=True)
class Call:
    """One call, with its parameters as boto3's user wrote them."""

    operation: OperationModel
    protocol: str
    account: str
    region: str
    parameters: Document

    @property
    def service(self) -> str:
        """boto3's name of the service."""
        return str(self.operation.service_model.service_name)

    @property
    def name(self) -> str:
        return str(self.operation.name)

    def document(self, answer: Answer) -> Document:
        """What a client reads in a successful answer."""
        response = {"status_code": answer.code, "body": answer.body, "headers": _Headers(answer.headers)}
        parsed = _PARSERS.create_parser(self.protocol).parse(response, self.operation.output_shape)
        parsed.pop("ResponseMetadata", None)
        return parsed

    def answer(self, document: Mapping[str, Any]) -> Answer:
        """A successful answer in which a client reads the document."""
        serializer = get_serializer_class(self.service, self.protocol)(self.operation)
        serialized = serializer.serialize(document)
        body = serialized["body"]
        headers = [(str(name), str(value)) for name, value in serialized["headers"].items()]
        return complete(
            f"{serialized['status_code']} OK", headers, body.encode() if isinstance(body, str) else body
        )


def call_of(environ: Mapping[str, Any], service: str, operations: Container[str]) -> Call | None:
    """The call that a request to the service makes, None where it is none of the operations.

    Args:
        service: boto3's name.
        operations: those of interest; the parameters of others are not read.
    """
    body = environ["wsgi.input"].getvalue()
    # A copy, because reading a form uses up its body and leaves traces in the environment.
    request = Request({**environ, "wsgi.input": io.BytesIO(body)})
    try:
        operation, path_parameters = get_service_router(service).match(request)
    except (NotFound, NotImplementedError):
        return None
    if str(operation.name) not in operations:
        return None
    if operation.request_compression and request.content_encoding == "gzip":
        request = _unpacked(environ, body)
    protocol = determine_request_protocol(get_service_model(service), request.content_type)
    return Call(
        operation,
        protocol,
        get_account_id_from(access_key(environ)),
        signing_scope(environ).region,
        _parameters(request, operation, protocol, path_parameters),
    )


def _unpacked(environ: Mapping[str, Any], body: bytes) -> Request:
    """The request with its body as it was before the client packed it, as clients do with long metric data."""
    unpacked = gzip.decompress(body)
    size = {"CONTENT_LENGTH": str(len(unpacked))}
    return Request({**environ, **size, "wsgi.input": io.BytesIO(unpacked)})


def _parameters(request: Request, operation: OperationModel, protocol: str, path: Document) -> Document:
    request_document: Any = {
        "method": request.method,
        "values": request.values,
        "headers": request.headers,
        "body": request.data,
        "url_path": request.path,
        "url_params": path,
    }
    return dict(PROTOCOL_PARSERS[protocol](operation, map_type=dict).parse(request_document))


def _timestamp(value: Any) -> datetime.datetime:
    parsed = botocore.parsers.DEFAULT_TIMESTAMP_PARSER(value)
    return parsed.astimezone(datetime.UTC)


class _Headers(dict[str, str]):
    """Headers by name, whatever its case."""

    def __init__(self, headers: tuple[tuple[str, str], ...]) -> None:
        super().__init__({name.lower(): value for name, value in headers})

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key.lower(), default)

    def __contains__(self, key: object) -> bool:
        return super().__contains__(str(key).lower())

    def __getitem__(self, key: str) -> str:
        return super().__getitem__(key.lower())

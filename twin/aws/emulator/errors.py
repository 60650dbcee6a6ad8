"""An error in the shape of the protocol that its request was made in, so that AWS's clients show code and text."""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from twin.aws.emulator.answer import Answer, complete, json_answer
from twin.aws.emulator.scope import signing_scope

__all__ = ["AwsError", "error_answer"]

# The services that answer in XML, by their signing names; all others answer in JSON.
_XML_SERVICES = frozenset(
    {
        "autoscaling",
        "cloudformation",
        "cloudfront",
        "ec2",
        "elasticache",
        "elasticloadbalancing",
        "iam",
        "rds",
        "route53",
        "s3",
        "sns",
        "sts",
    }
)


_CBOR = "rpc-v2-cbor"
"""Source: Smithy RPC v2 CBOR protocol, https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html"""


class AwsError(Exception):
    """What AWS answers to a request that it refuses: its own code and message.

    Args:
        members: what the error has beside them, where the service answers in JSON.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: str = "400 Bad Request",
        members: Mapping[str, str] | None = None,
    ) -> None:
        self.code, self.message, self.status, self.members = code, message, status, members or {}
        super().__init__(f"{code}: {message}")


def error_answer(environ: Mapping[str, Any], error: AwsError) -> Answer:
    """The error, as the service that was called words it on the wire."""
    service = signing_scope(environ).service
    document = {**error.members, "__type": error.code, "message": error.message}
    if environ.get("HTTP_SMITHY_PROTOCOL") == _CBOR:
        headers = [("Content-Type", "application/cbor"), ("smithy-protocol", _CBOR)]
        return complete(error.status, headers, _cbor(document))
    if service not in _XML_SERVICES:
        return json_answer(error.status, document)
    text = f"<Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message></Error>"
    match service:
        case "s3":
            body = text
        case "ec2":
            body = f"<Response><Errors>{text}</Errors></Response>"
        case _:
            body = f"<ErrorResponse>{text}</ErrorResponse>"
    return complete(error.status, [("Content-Type", "text/xml")], body.encode())


def _cbor(texts: Mapping[str, str]) -> bytes:
    """A map of texts. Source: RFC 8949, "Concise Binary Object Representation", major types 3 and 5."""
    items = [part for pair in texts.items() for part in pair]
    return _cbor_head(0xA0, len(texts)) + b"".join(_cbor_text(it.encode()) for it in items)


def _cbor_text(text: bytes) -> bytes:
    return _cbor_head(0x60, len(text)) + text


def _cbor_head(major: int, length: int) -> bytes:
    if length < 24:
        return bytes([major | length])
    return bytes([major | 25]) + length.to_bytes(2, "big")

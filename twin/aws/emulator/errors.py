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
    if service not in _XML_SERVICES:
        document = {**error.members, "__type": error.code, "message": error.message}
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

"""A refusal as the service that was called puts it on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from twin.aws.emulator.answer import Answer
from twin.aws.emulator.authorization.wording import QUERY_COMPATIBLE, denial_code, invalid_token_code
from twin.aws.emulator.call import Call
from twin.aws.emulator.errors import AwsError, error_answer

__all__ = ["Refusal", "denied", "key_denied", "not_ready", "refused_token", "wire"]

_FORBIDDEN, _BAD = "403 Forbidden", "400 Bad Request"

_KEY_CODES = {
    "kinesis": "KMSAccessDeniedException",
    "sns": "KMSAccessDenied",
    "sqs": "KmsAccessDenied",
}
"""Source: errors of SendMessage, Publish and PutRecord in the API references of SQS, SNS and Kinesis."""

_KEY_MESSAGES = {"secretsmanager": "Access to KMS is not allowed"}
"""Source: https://repost.aws/knowledge-center/secrets-manager-cross-account-key"""


@dataclass(frozen=True)
class Refusal:
    code: str
    message: str
    status: str


_BEFORE = {"ec2": "You are not authorized to perform this operation. "}
"""Source: IAM user guide, "Troubleshoot access denied error messages". What EC2 adds behind it, an encoded message for
`DecodeAuthorizationMessage`, is left out."""


def denied(call: Call, message: str) -> Refusal:
    said = _BEFORE.get(call.service, "") + message
    return Refusal(denial_code(call.service, call.protocol), said, _status(call))


def key_denied(call: Call, message: str) -> Refusal:
    """The caller may call, and not use the key that it takes."""
    code = _KEY_CODES.get(call.service) or denial_code(call.service, call.protocol)
    return Refusal(code, _KEY_MESSAGES.get(call.service, message), _status(call))


def refused_token(call: Call, is_expired: bool) -> Refusal:
    return Refusal(*invalid_token_code(call.service, call.protocol, is_expired), _status(call))


def not_ready(call: Call) -> Refusal:
    """The emulator has begun anew, and what the session is of is not there yet. Not a word of AWS: try again later."""
    message = "The emulated control plane has begun anew and is not complete yet. Try again later."
    return Refusal("ServiceUnavailable", message, "503 Service Unavailable")


def _status(call: Call) -> str:
    is_older = call.service in QUERY_COMPATIBLE or call.protocol in ("query", "rest-xml", "ec2", "rest-json")
    return _FORBIDDEN if is_older else _BAD


def wire(environ: Mapping[str, Any], call: Call, refusal: Refusal) -> Answer:
    """The answer in which a client of the service reads code and message."""
    answer = error_answer(environ, AwsError(refusal.code, refusal.message, refusal.status))
    if call.service not in QUERY_COMPATIBLE:
        return answer
    # Source: AWS JSON 1.0 protocol, "query-compatible": clients read the code of the older protocol here.
    return replace(answer, headers=(*answer.headers, ("x-amzn-query-error", f"{refusal.code};Sender")))

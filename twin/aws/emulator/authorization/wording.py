"""A refusal in AWS's words, and the error code by which each service says it.

Source: IAM user guide, "Troubleshoot access denied error messages",
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html; codes: "Common errors" of each
service's API reference.
"""

from twin.aws.emulator.authorization.caller import Caller
from twin.aws.emulator.authorization.decision import Access, Decision, Kind
from twin.aws.emulator.authorization.policy import ANY_RESOURCE

__all__ = ["QUERY_COMPATIBLE", "denial", "denial_code", "invalid_token_code", "reason"]


QUERY_COMPATIBLE = frozenset({"cloudwatch", "sqs"})
"""Services that left the query protocol, and whose clients go on reading its codes. Source: their service models, trait
awsQueryCompatible."""


def denial(caller: Caller, access: Access, decision: Decision) -> str:
    """The message of an error that says who may not do what, and why."""
    resource = "" if access.resource == ANY_RESOURCE else f" on resource: {access.resource}"
    why = reason(access.action, decision)
    return f"User: {caller.arn} is not authorized to perform: {access.action}{resource} {why}"


def reason(action: str, decision: Decision) -> str:
    kind = decision.kind or Kind.IDENTITY
    if not decision.is_explicit:
        return f"because no {kind} allows the {action} action"
    article = "the" if kind is Kind.TRUST else "an" if kind is Kind.IDENTITY else "a"
    return f"with an explicit deny in {article} {kind}"


def denial_code(service: str, protocol: str) -> str:
    """Args: service: boto3's name."""
    if service == "ec2":
        return "UnauthorizedOperation"
    if service == "sns":
        return "AuthorizationError"
    is_older = service in QUERY_COMPATIBLE or protocol in ("query", "rest-xml")
    return "AccessDenied" if is_older else "AccessDeniedException"


def invalid_token_code(service: str, protocol: str, is_expired: bool) -> tuple[str, str]:
    """Code and message for credentials that are not valid, or not any more."""
    if service == "s3":
        return _S3_EXPIRED if is_expired else _S3_INVALID
    if service == "ec2":
        return ("RequestExpired", _EXPIRED) if is_expired else ("AuthFailure", _INVALID)
    is_older = service in QUERY_COMPATIBLE or protocol in ("query", "rest-xml")
    if is_expired:
        return ("ExpiredToken" if is_older else "ExpiredTokenException"), _EXPIRED
    return ("InvalidClientTokenId" if is_older else "UnrecognizedClientException"), _INVALID


_EXPIRED = "The security token included in the request is expired"
_INVALID = "The security token included in the request is invalid."
_S3_EXPIRED = ("ExpiredToken", "The provided token has expired.")
_S3_INVALID = ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
"""Source: S3 API reference, "Error responses"."""

"""A refusal in AWS's words, and the error code by which each service says it.

Source: IAM user guide, "Troubleshoot access denied error messages",
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html; codes: "Common errors" of each
service's API reference. Where a service has a spelling of its own, the source is a message that somebody got, and
stands beside it.
"""

from collections.abc import Callable, Mapping

from twin.aws.emulator.authorization.caller import Caller
from twin.aws.emulator.authorization.decision import Access, Decision, Kind
from twin.aws.emulator.authorization.policy import ANY_RESOURCE

__all__ = ["QUERY_COMPATIBLE", "denial", "denial_code", "invalid_token_code", "reason"]


QUERY_COMPATIBLE = frozenset({"cloudwatch", "sqs"})
"""Services that left the query protocol, and whose clients go on reading its codes. Source: their service models, trait
awsQueryCompatible."""


_CIPHERTEXT = " on the resource associated with this ciphertext"
"""Source: IAM Identity Center user guide, "Troubleshooting customer managed keys": what decrypts names no key."""

_SPELLING: Mapping[str, Callable[[str], str]] = {
    "sns": lambda action: action.replace("sns:", "SNS:", 1),
    "sqs": str.lower,
}
"""Sources: aws-ia/terraform-aws-control_tower_account_factory#151; aws/serverless-application-model#3633."""

_NAMES_NONE = frozenset({"cloudwatch", "ec2"})
"""Services that name no resource where an action has none of its own; the others say ``*``, as ECR does. Source: IAM
user guide, as above, for EC2; messages of PutMetricData as users have met them."""

_QUOTED = frozenset({"s3"})
"""Services that put the resource into quotation marks. Source: IAM user guide, as above, examples of S3."""


def denial(caller: Caller, access: Access, decision: Decision, *, uses_ciphertext: bool = False) -> str:
    """The message of an error that says who may not do what, and why.

    Args: uses_ciphertext: a service decrypts for the caller, and KMS finds the key by what is encrypted.
    """
    action = _spelt(access.action)
    resource = _CIPHERTEXT if uses_ciphertext else _on(access)
    return f"User: {caller.arn} is not authorized to perform: {action}{resource} {reason(action, decision)}"


def _spelt(action: str) -> str:
    spell = _SPELLING.get(action.partition(":")[0])
    return spell(action) if spell else action


def _on(access: Access) -> str:
    service = access.action.partition(":")[0]
    if access.resource == ANY_RESOURCE or (access.resource == "*" and service in _NAMES_NONE):
        return ""
    resource = f'"{access.resource}"' if service in _QUOTED else access.resource
    return f" on resource: {resource}"


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

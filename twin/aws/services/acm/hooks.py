"""What the table cannot say of Certificate Manager."""

import time

from botocore.exceptions import ClientError

from twin.aws.step import Step

__all__ = ["leave_out_own_name", "wait_until_issued"]

_DEADLINE_SECONDS = 60
_PAUSE_SECONDS = 0.25


def leave_out_own_name(step: Step) -> None:
    """The alternative names are those beside the domain's own, which ACM adds to them."""
    names = step.item.get("SubjectAlternativeNames") or []
    declared = step.inputs.get("subjectAlternativeNames") or []
    own = step.item["DomainName"]
    step.item["SubjectAlternativeNames"] = [name for name in names if name != own or own in declared]


def wait_until_issued(step: Step) -> None:
    """The certificate is issued: what depends on the validation may use it."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while (status := _status(step)) == "PENDING_VALIDATION" and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)
    if status != "ISSUED":
        message = f"The certificate must be issued within {_DEADLINE_SECONDS} s, and is {status}."
        raise ClientError({"Error": {"Code": "NotValidated", "Message": message}}, "DescribeCertificate")


def _status(step: Step) -> str:
    return step.api("describe_certificate", CertificateArn=step.id)["Certificate"]["Status"]

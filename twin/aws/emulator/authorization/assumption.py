"""Whether somebody may take a role.

Source: IAM user guide, "Using IAM roles", and "The confused deputy problem" for what services say of whom they act for:
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from dataclasses import dataclass

from twin.aws.emulator.authorization import wording
from twin.aws.emulator.authorization.caller import Caller
from twin.aws.emulator.authorization.context import Arrival, request_context
from twin.aws.emulator.authorization.decision import Access, Applying, Decision, Kind, decide
from twin.aws.emulator.authorization.policy import Policy, read
from twin.aws.emulator.authorization.state import Role

__all__ = ["Assumption", "refusal_of"]

_ACTION = "sts:AssumeRole"

_EVERYTHING = '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
"""What an administrator may do."""


@dataclass(frozen=True)
class Assumption:
    """Attributes:
    own: the caller's own role, where it has one.
    source_arn: for whom a service takes the role.
    """

    caller: Caller
    own: Role | None
    role_arn: str
    region: str
    session_name: str
    external_id: str = ""
    source_arn: str = ""
    has_mfa: bool = False


def refusal_of(assumption: Assumption, role: Role | None, at: float) -> str:
    """Why the role is not given; empty where it is. Args: at: seconds since the epoch."""
    access = _access(assumption, at)
    decision = decide(assumption.caller, access, _applying(assumption, role)) if role else _NO_ROLE
    return "" if decision.is_allowed else wording.denial(assumption.caller, access, decision)


_NO_ROLE = Decision(False, Kind.TRUST)


def _access(assumption: Assumption, at: float) -> Access:
    arrival = Arrival(at, has_mfa=assumption.has_mfa)
    account = assumption.role_arn.split(":")[4] if assumption.role_arn.count(":") >= 5 else ""
    keys = request_context(assumption.caller, arrival, assumption.region, account)
    keys["sts:rolesessionname"] = assumption.session_name
    if assumption.external_id:
        keys["sts:externalid"] = assumption.external_id
    if assumption.source_arn:
        keys["aws:sourcearn"] = assumption.source_arn
        # The ARN of a bucket names no account.
        keys["aws:sourceaccount"] = assumption.source_arn.split(":")[4] or account
    return Access(_ACTION, assumption.role_arn, keys)


def _applying(assumption: Assumption, role: Role) -> Applying:
    own = assumption.own
    is_administrator = assumption.caller.is_administrator
    identity: tuple[Policy, ...] = (read("administrator", _EVERYTHING),) if is_administrator else ()
    return Applying(
        identity=own.identity if own else identity,
        boundary=own.boundary if own else None,
        resource=read(role.arn, role.trust),
        resource_decides=True,
        is_trust=True,
    )

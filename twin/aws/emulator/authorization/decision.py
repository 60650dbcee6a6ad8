"""Whether a request is allowed, and by which policy, or which kind of policy is against it.

Within one account an explicit denial in any policy decides. Else a policy of the resource that names the session
itself allows, one that names its role allows within boundary and session policy, and the policies of the identity allow
within both. A resource of another account is open to whom its policy names, if the policies of the identity allow it
too.

Source: IAM user guide, "Policy evaluation for requests within a single account",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html, and
"Cross-account policy evaluation logic",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html

That a statement for everybody counts as one for the role, and is limited by boundary and session policy, is an
assumption on the strict side: the table of that page has no row for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from twin.aws.emulator.authorization.caller import Caller, Closeness
from twin.aws.emulator.authorization.pattern import Values
from twin.aws.emulator.authorization.policy import Effect, Policy, Statement

__all__ = ["Access", "Applying", "Decision", "Kind", "Ruling", "decide"]


class Kind(StrEnum):
    """What AWS calls the policy in an error. Source: IAM user guide, "Troubleshoot access denied error messages"."""

    IDENTITY = "identity-based policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    ENDPOINT = "VPC endpoint policy"


@dataclass(frozen=True)
class Access:
    """What is asked for. Attributes: action: ``sqs:SendMessage``; context: condition keys, in lower case."""

    action: str
    resource: str
    context: Values


@dataclass(frozen=True)
class Applying:
    """The policies that bear on a request.

    Attributes:
        resource: the resource's own.
        resource_decides: without the resource's policy nobody has access, as with a key of KMS or the trust of a role.
        is_trust: the resource's policy is a role's trust policy.
        endpoint: of the VPC endpoint that the request came by.
    """

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: Policy | None = None
    resource: Policy | None = None
    endpoint: Policy | None = None
    resource_decides: bool = False
    is_trust: bool = False

    def by_kind(self) -> Iterator[tuple[Kind, Policy]]:
        for policy in self.identity:
            yield Kind.IDENTITY, policy
        for kind, policy in (
            (self.resource_kind, self.resource),
            (Kind.BOUNDARY, self.boundary),
            (Kind.SESSION, self.session),
            (Kind.ENDPOINT, self.endpoint),
        ):
            if policy is not None:
                yield kind, policy

    @property
    def resource_kind(self) -> Kind:
        return Kind.TRUST if self.is_trust else Kind.RESOURCE


class Ruling(NamedTuple):
    """A statement that decided, and the policy that it is of."""

    policy: Policy
    statement: Statement


@dataclass(frozen=True)
class Decision:
    """Attributes:
    kind: of the policy that is against it, or that lacks a permission.
    is_explicit: it is denied, not only not allowed.
    by: what allowed it.
    """

    is_allowed: bool
    kind: Kind | None = None
    is_explicit: bool = False
    by: tuple[Ruling, ...] = ()


def decide(caller: Caller, access: Access, applying: Applying) -> Decision:
    """AWS's decision."""
    denied = _denying(caller, access, applying)
    if denied is not None:
        return Decision(False, denied, is_explicit=True)
    if applying.endpoint and not _allowing(caller, access, applying.endpoint):
        return Decision(False, Kind.ENDPOINT)
    granted = _allowing(caller, access, applying.resource) if applying.resource else []
    closest = max((it.statement.closeness(caller) for it in granted), default=Closeness.NOT_NAMED)
    is_elsewhere = _is_elsewhere(caller, access.resource)
    if closest is Closeness.NOT_NAMED and (applying.resource_decides or caller.is_service or is_elsewhere):
        return Decision(False, applying.resource_kind)
    if closest is Closeness.DIRECT and not is_elsewhere:
        return Decision(True, by=tuple(granted))
    is_enough = closest is Closeness.ROLE and not is_elsewhere
    allowing = granted if is_enough else _identity(caller, access, applying)
    if not allowing:
        return Decision(False, Kind.IDENTITY)
    return _within_limits(caller, access, applying, tuple(allowing))


def _is_elsewhere(caller: Caller, resource: str) -> bool:
    """Whether another account owns the resource. Buckets have ARNs without an account, and count as the caller's."""
    parts = resource.split(":", 5)
    account = parts[4] if len(parts) == 6 else ""
    return bool(account.isdigit() and caller.account and account != caller.account)


def _identity(caller: Caller, access: Access, applying: Applying) -> list[Ruling]:
    return [it for policy in applying.identity for it in _allowing(caller, access, policy)]


def _within_limits(
    caller: Caller, access: Access, applying: Applying, allowing: tuple[Ruling, ...]
) -> Decision:
    for kind, limit in ((Kind.BOUNDARY, applying.boundary), (Kind.SESSION, applying.session)):
        if limit is not None and not _allowing(caller, access, limit):
            return Decision(False, kind)
    return Decision(True, by=allowing)


def _denying(caller: Caller, access: Access, applying: Applying) -> Kind | None:
    for kind, policy in applying.by_kind():
        if next(_applicable(caller, access, policy, Effect.DENY), None) is not None:
            return kind
    return None


def _allowing(caller: Caller, access: Access, policy: Policy) -> list[Ruling]:
    return [Ruling(policy, it) for it in _applicable(caller, access, policy, Effect.ALLOW)]


def _applicable(caller: Caller, access: Access, policy: Policy, effect: Effect) -> Iterator[Statement]:
    for statement in policy.about(access.action):
        if (
            statement.effect is effect
            and statement.closeness(caller) is not Closeness.NOT_NAMED
            and statement.is_about_resource(access.resource, access.context)
            and statement.holds(access.context)
        ):
            yield statement

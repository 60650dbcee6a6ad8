"""Who asks, and how closely the principals of a policy name them.

Source: IAM user guide, "AWS JSON policy elements: Principal",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

__all__ = ["Caller", "Closeness", "Principals", "administrator", "role_session", "service"]

_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")


class Closeness(IntEnum):
    """How a policy names a caller. The closer, the less other policies limit what it allows."""

    NOT_NAMED = 0
    ACCOUNT = 1
    """By its account, which leaves it to the account's own policies."""
    ROLE = 2
    """By its role, or as everybody."""
    DIRECT = 3
    """By itself: a session, a user or a service."""


@dataclass(frozen=True)
class Caller:
    """Attributes:
    arn: of the session or user; a service's name.
    role_arn: of the role whose session it is.
    account: empty for a service.
    """

    arn: str
    account: str = ""
    role_arn: str = ""
    is_service: bool = False
    is_administrator: bool = False

    @property
    def principal_arn(self) -> str:
        """Value of aws:PrincipalArn, which for a session is its role's."""
        return self.role_arn or self.arn


def role_session(role_arn: str, session_name: str) -> Caller:
    """A session of a role, whose path its ARN leaves out. Source: IAM user guide, "IAM identifiers"."""
    partition, account = role_arn.split(":")[1], role_arn.split(":")[4]
    name = role_arn.rpartition("/")[2]
    return Caller(f"arn:{partition}:sts::{account}:assumed-role/{name}/{session_name}", account, role_arn)


def service(name: str) -> Caller:
    """A service of AWS. Args: name: such as ``ecs-tasks.amazonaws.com``."""
    return Caller(name, is_service=True)


def administrator(account: str) -> Caller:
    """Whoever works on the estate with a long-term key: every key that claims to be no session."""
    return Caller(f"arn:aws:iam::{account}:user/operator", account, is_administrator=True)


@dataclass(frozen=True)
class Principals:
    """What a statement has as its principals."""

    is_everybody: bool = False
    aws: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()

    @classmethod
    def read(cls, element: Any) -> "Principals":
        """Raises: ValueError: it is none."""
        if element == "*":
            return cls(is_everybody=True)
        if not isinstance(element, Mapping) or not element.keys() <= set(_KINDS):
            raise ValueError(f'a principal is "*" or an object of {", ".join(_KINDS)}, got {element!r}')
        aws, services = (frozenset(_listed(element.get(kind, ()))) for kind in ("AWS", "Service"))
        return cls("*" in aws, aws, services)

    def closeness(self, caller: Caller) -> Closeness:
        if caller.is_service:
            is_named = self.is_everybody or caller.arn in self.services
            return Closeness.DIRECT if is_named else Closeness.NOT_NAMED
        if caller.arn in self.aws:
            return Closeness.DIRECT
        if self.is_everybody or caller.role_arn in self.aws:
            return Closeness.ROLE
        accounts = (caller.account, f"arn:aws:iam::{caller.account}:root")
        return Closeness.ACCOUNT if any(it in self.aws for it in accounts) else Closeness.NOT_NAMED


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(it) for it in value]

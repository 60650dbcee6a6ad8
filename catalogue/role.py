"""What people may do, by role: capabilities with a name, and sessions with an end."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from catalogue.entry import Entry, Flag, Sentence, Slug
from catalogue.rule import broken

__all__ = ["Capability", "Effect", "Role", "Statement"]

Action = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+:[A-Za-z*]+$")]
Resource = Annotated[str, StringConstraints(pattern=r"^(\*|arn:.+)$")]

Operator = Annotated[str, StringConstraints(pattern=r"^(For(Any|All)Values?:)?[A-Z][A-Za-z]+$")]
ConditionKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+:[A-Za-z0-9:/-]+$")]


class Effect(StrEnum):
    ALLOW = "Allow"
    DENY = "Deny"


class Statement(Entry):
    """One statement of an IAM policy."""

    effect: Effect = Effect.ALLOW
    actions: tuple[Action, ...] = Field(min_length=1)
    resources: tuple[Resource, ...] = Field(default=("*",), min_length=1)
    conditions: dict[Operator, dict[ConditionKey, tuple[str, ...]]] = Field(default_factory=dict)
    """IAM conditions: operator to key to values."""


class Capability(Entry):
    """Something a role may do: a policy that AWS manages, or statements of our own; never both."""

    name: Slug
    description: Sentence
    managed_policy: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+=,.@/-]+$")] | None = None
    """Path and name below `arn:aws:iam::aws:policy/`."""
    statements: tuple[Statement, ...] = ()

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if (self.managed_policy is None) == (not self.statements):
            rule = "A capability must have either a managed policy or statements"
            given = "both" if self.statements else "neither"
            raise broken(rule, given, "Keep one; split the capability in two if it needs both.")
        return self


class Role(Entry):
    """A role that a person takes on."""

    name: Slug
    description: Sentence
    capabilities: tuple[Slug, ...] = Field(min_length=1)
    session_hours: int = Field(strict=True, ge=1, le=12)
    """IAM's bounds for a role's session: 1 to 12 hours. Source: IAM User Guide, MaxSessionDuration."""
    mfa_required: Flag

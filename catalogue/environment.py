"""Environments: where the estate stands, how large, and which part of it."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from catalogue.entry import Count, Entry, Flag, Positive, Sentence, Slug
from catalogue.region import Region
from catalogue.rule import broken

__all__ = ["ALL", "CacheSize", "DatabaseSize", "Environment", "Kind", "Nat", "Selection", "TaskLimits"]

ALL = "all"


def _wrapped(value: object) -> object:
    return (ALL,) if value == ALL else value


Selection = Annotated[tuple[Slug, ...], BeforeValidator(_wrapped)]
"""Names, or the one name `all`."""
AccountId = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
DomainName = Annotated[
    str, StringConstraints(pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$", max_length=253)
]
InstanceClass = Annotated[str, StringConstraints(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")]
NodeType = Annotated[str, StringConstraints(pattern=r"^cache\.[a-z0-9]+\.[a-z0-9]+$")]


class Kind(StrEnum):
    TWIN = "twin"
    AWS = "aws"


class Nat(StrEnum):
    """NAT gateways: one in each zone, so that a lost zone takes no other's way out, or none."""

    PER_ZONE = "per-zone"
    NONE = "none"


class DatabaseSize(Entry):
    """Of every database. Aurora has a writer and at most 15 readers (Amazon Aurora User Guide, quotas)."""

    instance_class: InstanceClass
    instances: int = Field(strict=True, ge=1, le=16)
    """Writer and readers, one after another over the zones."""
    standby_instances: int = Field(strict=True, ge=0, le=16)
    """In the standby region, for databases that are copied to it."""


class CacheSize(Entry):
    """Of every cache: a primary and at most 5 replicas (ElastiCache API, CreateReplicationGroup)."""

    node_type: NodeType
    nodes: int = Field(strict=True, ge=1, le=6)
    standby_nodes: int = Field(strict=True, ge=0, le=6)


class TaskLimits(Entry):
    """What the machine or the account can carry, over both regions."""

    at_rest: Positive
    at_rest_standby: Count
    in_all: Positive
    """With one cell, and every service, at its maximum."""


class Environment(Entry):
    """One environment."""

    name: Slug
    kind: Kind
    description: Sentence
    account_id: AccountId
    domain_name: DomainName
    scale: Slug
    """Which row of `scaling.counts` applies."""
    primary: Region
    standby: Region | None = None
    """Omitted: no standby region."""
    nat: Nat
    cells: Selection
    services: Selection
    benefits: Selection
    """Of those whose cell the environment has."""
    partners: Selection
    includes_planned: Flag
    """Whether benefits with `status: planned` stand here."""
    database: DatabaseSize
    cache: CacheSize
    deletion_protection: Flag
    fault_injection: Flag
    task_limits: TaskLimits | None = None

    @property
    def regions(self) -> tuple[Region, ...]:
        """Primary first."""
        return (self.primary,) if self.standby is None else (self.primary, self.standby)

    @model_validator(mode="after")
    def _regions_differ(self) -> Self:
        if self.standby is not None and self.standby.name == self.primary.name:
            advice = "Choose another region, or leave the standby out."
            rule = "The standby must be in another region than the primary"
            raise broken(rule, self.standby.name, advice, "standby.name")
        return self

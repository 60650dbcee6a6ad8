"""Tiers: what is promised about time, data and answers, and what is paid to keep the promise."""

from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from catalogue.entry import Entry, Percent, Positive, Sentence, Slug

__all__ = ["Availability", "Backup", "BackupFrequency", "Duration", "Latency", "Slo", "Tier"]


class _Target(Entry):
    assumption: Literal[True]
    """The sources give no targets, so every one is an assumption and says so wherever it is shown."""
    reason: Sentence


class Duration(_Target):
    seconds: Positive


class Availability(_Target):
    percent: Percent


class Latency(_Target):
    milliseconds: Positive


class Slo(NamedTuple):
    """The objective for answers, as numbers."""

    availability_percent: float
    p99_ms: int


class BackupFrequency(StrEnum):
    CONTINUOUS = "continuous"
    HOURLY = "hourly"
    DAILY = "daily"


class Backup(Entry):
    frequency: BackupFrequency
    retention_days: Positive


class Tier(Entry):
    """One level of promise."""

    name: Slug
    description: Sentence
    rto: Duration
    rpo: Duration
    availability: Availability
    p99_latency: Latency
    zones: int = Field(strict=True, ge=1, le=3)
    """Availability zones that its tasks must stand in."""
    backup: Backup
    standby_fraction: Annotated[float, Field(strict=True, ge=0, le=1)]
    """Tasks that run in the standby region while it stands by, as a part of the minimum in the primary."""

    @property
    def rto_seconds(self) -> int:
        return self.rto.seconds

    @property
    def rpo_seconds(self) -> int:
        return self.rpo.seconds

    @property
    def slo(self) -> Slo:
        return Slo(self.availability.percent, self.p99_latency.milliseconds)

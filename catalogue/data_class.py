"""Kinds of data: how sensitive, under which key, how long, read by whom, and where it may be."""

from enum import StrEnum
from typing import Literal

from pydantic import field_validator

from catalogue.entry import Count, Entry, Positive, Sentence, Slug
from catalogue.rule import broken

__all__ = ["LOG_RETENTION_DAYS", "DataClass", "Residency"]

# Source: Amazon CloudWatch Logs API Reference, PutRetentionPolicy, retentionInDays.
LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180),
    *(365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)

UK_REGIONS = frozenset({"eu-west-2"})
# AWS Regions in the European Economic Area, by country: IE, DE, FR, SE, IT, ES.
EEA_REGIONS = frozenset({"eu-west-1", "eu-central-1", "eu-west-3", "eu-north-1", "eu-south-1", "eu-south-2"})


class Residency(StrEnum):
    """Where data, and its copies, logs and keys may be."""

    UK = "uk"
    UK_EEA = "uk-eea"

    @property
    def regions(self) -> frozenset[str]:
        return UK_REGIONS if self is Residency.UK else UK_REGIONS | EEA_REGIONS


class DataClass(Entry):
    """One kind of data."""

    name: Slug
    description: Sentence
    sensitivity: Count
    """Place in the order, from 0, its own. A store may keep what is no more sensitive than its class."""
    key: Slug
    """Name of the KMS key that encrypts it."""
    log_retention_days: Positive
    backup_days: Positive
    readers: tuple[Slug, ...]
    """Roles of people who may read it."""
    residency: Residency
    assumption: Literal[True]
    """Retention and residency are assumptions of this project until the agency's data owners set them."""
    reason: Sentence

    @field_validator("log_retention_days")
    @classmethod
    def _is_a_retention_that_cloudwatch_has(cls, days: int) -> int:
        if days not in LOG_RETENTION_DAYS:
            allowed = f"Choose one of {', '.join(map(str, LOG_RETENTION_DAYS))}."
            raise broken("Log retention must be a number of days that CloudWatch Logs has", days, allowed)
        return days

"""Partners outside the agency, each behind its own queue, budget of calls and circuit breaker."""

from enum import StrEnum

from pydantic import Field

from catalogue.entry import Entry, Positive, Slug, Text

__all__ = ["CircuitBreaker", "Partner", "PartnerKind", "Transport"]


class Transport(StrEnum):
    API = "api"
    FILE = "file"
    MESSAGING = "messaging"


class CircuitBreaker(Entry):
    failures: Positive
    """In a row, before it opens."""
    open_seconds: int = Field(strict=True, ge=1, le=3600)
    """Until one call is let through to try."""


class PartnerKind(Entry):
    """What the partners of one kind have in common; an entry overrides what it names."""

    name: Slug
    service: Slug
    """The exchange service that holds their adapters."""
    calls_per_second: Positive
    """Budget of calls, an assumption until the partner states its own."""
    circuit_breaker: CircuitBreaker
    transport: Transport
    data_class: Slug
    owner: Slug
    tier: Slug


class Partner(Entry):
    """One partner, with its kind's settings where it has none of its own."""

    name: Slug
    title: Text
    kind: Slug
    service: Slug
    calls_per_second: Positive
    circuit_breaker: CircuitBreaker
    transport: Transport
    data_class: Slug
    owner: Slug
    tier: Slug

"""Benefits: one entry each, and nothing else to add."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from catalogue.entry import Entry, Month, Positive, Sentence, Slug, Text
from catalogue.rule import broken
from catalogue.service import Priority

__all__ = ["Basis", "Benefit", "Demand", "Launch", "Status"]


class Status(StrEnum):
    LIVE = "live"
    PLANNED = "planned"


class Basis(StrEnum):
    """How a figure is known."""

    SEEN = "seen"
    """Read in the source."""
    DERIVED = "derived"
    """Worked out from figures that were seen."""
    ASSUMPTION = "assumption"


class Launch(Entry):
    """The most that came in at once."""

    applications: Positive
    days: Positive


class Demand(Entry):
    """Applications, as people send them; one is some 20 to 40 requests (an assumption)."""

    usual_per_month: Positive
    launch: Launch | None = None
    basis: Basis
    source: Sentence
    """Where the figures are from, or why they are assumed."""


class Benefit(Entry):
    """One benefit, or one payment of a benefit that pays several."""

    slug: Slug
    name: Text
    cell: Slug
    """The cell that serves it. In the file `own` makes a cell for it alone, which then has its name."""
    clients: Sentence
    """Who it is for."""
    status: Status = Status.LIVE
    demand: Demand | None = None
    """Its cell's where omitted."""
    tier: Slug
    data_class: Slug
    owner: Slug
    cost_centre: Slug
    retention_years: int = Field(strict=True, ge=1, le=100)
    """Years that a closed case is kept: an assumption, in every entry."""
    listener_priority: Priority
    launched: Month | None = None
    source: Sentence | None = None
    """Where the launch month is from."""

    @model_validator(mode="after")
    def _launch_has_a_source(self) -> Self:
        if (self.launched is None) != (self.source is None):
            given = self.source if self.launched is None else self.launched
            field = "source" if self.launched is None else "launched"
            rule = "A launch month and its source must stand together"
            raise broken(rule, given, "Give both or neither.", field)
        return self

    @property
    def path(self) -> str:
        """The path pattern that the edge routes to its cell."""
        return f"/benefits/{self.slug}/*"

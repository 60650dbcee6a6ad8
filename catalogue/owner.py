"""Technical Platform Owners: the team that answers for a part of the estate."""

from catalogue.entry import Entry, Sentence, Slug, Text

__all__ = ["Owner"]


class Owner(Entry):
    """A team by its role; people are not named."""

    name: Slug
    title: Text
    answers_for: Sentence
    cost_centre: Slug
    """Where the money of what it owns is booked."""

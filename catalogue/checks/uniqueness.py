"""What must be different in every entry is."""

from collections.abc import Hashable, Iterator
from typing import NamedTuple

from catalogue.entries import STORE_SECTIONS, Draft
from catalogue.exceptions import Problem

__all__ = ["problems"]

SHARED_NAMES = ("services", "cells", "benefits", *STORE_SECTIONS, "partner_kinds")
"""A degradation contract names services, stores and kinds alike, and cells, services and benefits become
names side by side in AWS, so they share one set of names."""


class Claim(NamedTuple):
    """One entry's claim on a value that nobody else may have."""

    value: Hashable
    section: str
    entry: str
    field: str


def problems(draft: Draft) -> Iterator[Problem]:
    """Values that are claimed twice; the first entry to claim one keeps it."""
    rule = "A name must belong to one cell, service, benefit, store or kind of partner"
    yield from _twice(draft, _names(draft), rule)
    yield from _twice(draft, _priorities(draft), "A listener priority must be used once")
    yield from _twice(draft, _paths(draft), "A path must be routed once")
    for section, field, rule in (
        ("benefits", "name", "A benefit's full name must be its own"),
        ("partners", "title", "A partner's title must be its own"),
        ("environments", "domain_name", "A domain name must belong to one environment"),
        ("data_classes", "sensitivity", "A sensitivity must belong to one data class"),
    ):
        yield from _twice(draft, _field(draft, section, field), rule)


def _twice(draft: Draft, claims: Iterator[Claim], rule: str) -> Iterator[Problem]:
    holders: dict[Hashable, Claim] = {}
    for claim in claims:
        holder = holders.setdefault(claim.value, claim)
        if holder is not claim:
            allowed = f"Choose another; {holder.entry!r} in {holder.section} has it."
            yield draft.sources.problem(claim.section, claim.entry, claim.field, claim.value, rule, allowed)


def _names(draft: Draft) -> Iterator[Claim]:
    own = draft.sources.own_cells
    for section in SHARED_NAMES:
        for name in sorted(draft.sources.declared(section)):
            if not (section == "cells" and name in own):
                yield Claim(name, section, name, "")


def _priorities(draft: Draft) -> Iterator[Claim]:
    for name, service in draft.services.items():
        if service.public is not None:
            yield Claim(service.public.priority, "services", name, "public.priority")
    for slug, benefit in draft.benefits.items():
        yield Claim(benefit.listener_priority, "benefits", slug, "listener_priority")


def _paths(draft: Draft) -> Iterator[Claim]:
    for slug, benefit in draft.benefits.items():
        yield Claim(benefit.path, "benefits", slug, "")
    for name, service in draft.services.items():
        for index, path in enumerate(service.public.paths if service.public else ()):
            yield Claim(path, "services", name, f"public.paths.{index}")


def _field(draft: Draft, section: str, field: str) -> Iterator[Claim]:
    for name, entry in draft.section(section).items():
        yield Claim(getattr(entry, field), section, name, field)

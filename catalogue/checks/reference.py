"""Every name that an entry gives is the name of another entry."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalogue.entries import STORE_SECTIONS, Draft
from catalogue.entry import Entry
from catalogue.environment import ALL
from catalogue.exceptions import Problem
from catalogue.section import SECTIONS, SINGLES
from catalogue.wording import choice

__all__ = ["problems"]


@dataclass(frozen=True)
class Reference:
    """A field that holds a name, or names, of entries of another section."""

    section: str
    field: str
    target: str
    also: frozenset[str] = frozenset()
    """Names with a meaning of their own."""


def _common() -> Iterator[Reference]:
    """Tier, data class and owner mean the same wherever they stand."""
    target_by_field = {"tier": "tiers", "data_class": "data_classes", "owner": "owners"}
    for section in SECTIONS:
        for field, target in target_by_field.items():
            if field in section.model.model_fields:
                yield Reference(section.name, field, target)


def _dependencies() -> Iterator[Reference]:
    for section in ("services", "workload"):
        yield Reference(section, "depends_on.services", "services")
        yield Reference(section, "depends_on.partners", "partner_kinds")
        for kind in STORE_SECTIONS:
            yield Reference(section, f"stores.{kind}", kind)


REFERENCES: tuple[Reference, ...] = (
    *_common(),
    *_dependencies(),
    Reference("benefits", "cell", "cells", frozenset({"own"})),
    Reference("benefits", "cost_centre", "cost_centres"),
    Reference("services", "cost_centre", "cost_centres"),
    Reference("services", "scaling.queue", "queues"),
    Reference("topics", "delivers_to", "queues"),
    Reference("buses", "delivers_to", "queues"),
    Reference("cells", "database", "databases"),
    Reference("cells", "cache", "caches"),
    Reference("own_cell", "cache", "caches"),
    Reference("partner_kinds", "service", "services"),
    Reference("partners", "service", "services"),
    Reference("data_classes", "readers", "roles"),
    Reference("roles", "capabilities", "capabilities"),
    Reference("launches", "mix", "mixes"),
    Reference("launches", "benefits", "benefits"),
    Reference("openings", "benefits", "benefits"),
    *(
        Reference("environments", field, field, frozenset({ALL}))
        for field in ("cells", "services", "benefits", "partners")
    ),
)


def problems(draft: Draft) -> Iterator[Problem]:
    """Names that nothing has."""
    names = {section.name: draft.sources.declared(section.name) for section in SECTIONS}
    names["cost_centres"] = frozenset(owner.cost_centre for owner in draft.owners.values())
    for reference in REFERENCES:
        for name, entry in draft.section(reference.section).items():
            if not _is_inherited(draft, reference, name):
                yield from _dangling(draft, reference, name, entry, names)


def _is_inherited(draft: Draft, reference: Reference, name: str) -> bool:
    """Whether the value is reported elsewhere: at an own cell's benefit, or at a partner's kind."""
    if reference.section == "cells":
        return name in draft.sources.own_cells
    if reference.section != "partners":
        return False
    document, path = draft.sources.documents["partners.yaml"], ("partners", name, reference.field)
    return path not in document.line_by_path


def _dangling(
    draft: Draft, reference: Reference, name: str, entry: Entry, names: Mapping[str, frozenset[str]]
) -> Iterator[Problem]:
    known = names[reference.target]
    for field, given in _given(entry, reference.field):
        if given not in known and given not in reference.also:
            rule = f"The name must be one of the {reference.target.replace('_', ' ')}"
            entry_name = "" if reference.section in SINGLES else name
            allowed = choice(given, known)
            yield draft.sources.problem(reference.section, entry_name, field, given, rule, allowed)


def _given(entry: Entry, field: str) -> Iterator[tuple[str, str]]:
    """Each name that the field holds, with the path to it."""
    value: object = entry
    for part in field.split("."):
        value = getattr(value, part)
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, tuple):
        yield from ((f"{field}.{index}", name) for index, name in enumerate(value))

"""Data stays where it is protected enough: in stores of its class, in its regions, under its keys."""

from collections.abc import Iterator
from typing import NamedTuple

from catalogue.cell import Cell
from catalogue.entries import Draft
from catalogue.entry import Entry
from catalogue.exceptions import Problem
from catalogue.store import Bucket, Content, Database

__all__ = ["problems"]


class Use(NamedTuple):
    """An entry that puts its data into another."""

    section: str
    entry: str
    field: str
    data_class: str
    target_section: str
    target: str


class Stand(NamedTuple):
    """An entry whose promise rests on the entry that one of its fields names."""

    section: str
    entry: str
    field: str
    tier: str


def problems(draft: Draft) -> Iterator[Problem]:
    """Data in a place of a lesser class, or in a region that it must not be in, or promised too much."""
    for use in _uses(draft):
        yield from _too_open(draft, use)
    yield from _copies(draft)
    yield from _regions(draft)
    yield from _keys(draft)
    yield from _promises(draft)


def _uses(draft: Draft) -> Iterator[Use]:
    for slug, benefit in draft.benefits.items():
        yield Use("benefits", slug, "cell", benefit.data_class, "cells", benefit.cell)
    for name, cell in draft.cells.items():
        yield Use("cells", name, "database", cell.data_class, "databases", cell.database)
        yield Use("cells", name, "cache", cell.data_class, "caches", cell.cache)
        for kind, store in draft.workload.stores.names() if draft.workload else ():
            yield Use("cells", name, "data_class", cell.data_class, kind, store)
    for name, service in draft.services.items():
        for kind, store in service.stores.names():
            index = getattr(service.stores, kind).index(store)
            yield Use("services", name, f"stores.{kind}.{index}", service.data_class, kind, store)
    for section, announced in (("topics", draft.topics), ("buses", draft.buses)):
        for name, entry in announced.items():
            for index, queue in enumerate(entry.delivers_to):
                yield Use(section, name, f"delivers_to.{index}", entry.data_class, "queues", queue)
    for name, partner in draft.partners.items():
        yield Use("partners", name, "service", partner.data_class, "services", partner.service)


def _too_open(draft: Draft, use: Use) -> Iterator[Problem]:
    target = draft.section(use.target_section).get(use.target)
    own = draft.data_classes.get(use.data_class)
    theirs = draft.data_classes.get(getattr(target, "data_class", ""))
    if own is None or theirs is None or _holds_references(target) or theirs.sensitivity >= own.sensitivity:
        return
    rule = f"The place of {own.name} data must be as strict, and {use.target!r} is {theirs.name}"
    fitting = sorted(_fitting(draft, use.target_section, own.sensitivity))
    choose = f"Use one of {', '.join(fitting)}, or raise" if fitting else "Raise"
    allowed = f"{choose} the data class of {use.target!r}."
    yield draft.sources.problem(use.section, use.entry, use.field, use.target, rule, allowed)


def _holds_references(target: Entry | None) -> bool:
    return getattr(target, "content", Content.RECORDS) is Content.REFERENCES


def _fitting(draft: Draft, section: str, sensitivity: int) -> Iterator[str]:
    """What may be used instead; a partner's service follows from its kind, so services are no choice."""
    for name, entry in draft.section(section).items() if section != "services" else ():
        if _is_as_strict(draft, entry, sensitivity):
            yield name


def _is_as_strict(draft: Draft, entry: Entry, sensitivity: int) -> bool:
    data_class = draft.data_classes.get(getattr(entry, "data_class", ""))
    return _holds_references(entry) or (data_class is not None and data_class.sensitivity >= sensitivity)


def _copies(draft: Draft) -> Iterator[Problem]:
    standbys = [environment.standby for environment in draft.environments.values() if environment.standby]
    for section, store in draft.stores():
        data_class = draft.data_classes.get(store.data_class)
        if data_class is None or not isinstance(store, Database | Bucket) or not store.copied_to_standby:
            continue
        regions = sorted({region.name for region in standbys} - data_class.residency.regions)
        if regions:
            rule = f"Data of class {data_class.name} must not be copied to {', '.join(regions)}"
            residency = data_class.residency
            allowed = f"Write false; residency {residency.value!r} is {_listed(residency.regions)}."
            yield draft.sources.problem(section, store.name, "copied_to_standby", True, rule, allowed)


def _regions(draft: Draft) -> Iterator[Problem]:
    for name, environment in draft.environments.items():
        region = environment.primary.name
        regions_by_class = {key: entry.residency.regions for key, entry in draft.data_classes.items()}
        barred = [key for key, regions in regions_by_class.items() if region not in regions]
        if barred:
            allowed = frozenset.intersection(*regions_by_class.values())
            rule = f"The primary region must be one where {', '.join(barred)} data may be"
            advice = f"Choose one of {_listed(allowed)}."
            yield draft.sources.problem("environments", name, "primary.name", region, rule, advice)


def _keys(draft: Draft) -> Iterator[Problem]:
    first_by_key: dict[str, str] = {}
    for name, data_class in draft.data_classes.items():
        first = draft.data_classes[first_by_key.setdefault(data_class.key, name)]
        if first.residency is not data_class.residency:
            rule = f"Data classes that share a key must share a residency, and {first.name!r} has another"
            allowed = f"Give {name!r} a key of its own."
            yield draft.sources.problem("data_classes", name, "key", data_class.key, rule, allowed)


def _promises(draft: Draft) -> Iterator[Problem]:
    """A promise of recovery holds only if what it stands on is promised as soon."""
    for slug, benefit in draft.benefits.items():
        yield from _late(draft, Stand("benefits", slug, "cell", benefit.tier), draft.cells.get(benefit.cell))
    for name, cell in draft.cells.items():
        yield from _late(
            draft, Stand("cells", name, "database", cell.tier), draft.databases.get(cell.database)
        )


def _late(draft: Draft, stand: Stand, ground: Cell | Database | None) -> Iterator[Problem]:
    tier, theirs = draft.tiers.get(stand.tier), draft.tiers.get(ground.tier if ground else "")
    if ground and tier and theirs and theirs.rto_seconds > tier.rto_seconds:
        promised, real = tier.rto_seconds, theirs.rto_seconds
        rule = f"What is back in {promised} s must stand on what is too, and this takes {real} s"
        allowed = f"Choose another {stand.field}, or tier {theirs.name!r} for {stand.entry!r}."
        yield draft.sources.problem(stand.section, stand.entry, stand.field, ground.name, rule, allowed)


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))

"""The resolved view of one environment: what stands there, and how much of it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeVar

from catalogue.benefit import Benefit, Demand, Status
from catalogue.cell import Cell, CellWorkload
from catalogue.entries import STORE_SECTIONS, Entries
from catalogue.environment import ALL, Environment, Selection
from catalogue.opening import Opening
from catalogue.partner import Partner
from catalogue.region import Region
from catalogue.scaling import TaskCount
from catalogue.service import Service, Stores
from catalogue.store import Bucket, Bus, Cache, Database, Queue, Stream, Topic

__all__ = ["Estate", "RegionRole", "cells_in", "resolve", "services_in"]

RegionRole = Literal["primary", "standby"]
Named = TypeVar("Named")
NO_TASKS = TaskCount(0, 0, 0)


@dataclass(frozen=True, kw_only=True)
class Estate:
    """One environment with everything that it has, by name and in the order of the files."""

    environment: Environment
    benefits: Mapping[str, Benefit]
    cells: Mapping[str, Cell]
    services: Mapping[str, Service]
    partners: Mapping[str, Partner]
    databases: Mapping[str, Database]
    """These and the other stores: those that a cell or service of the environment uses."""
    caches: Mapping[str, Cache]
    buckets: Mapping[str, Bucket]
    queues: Mapping[str, Queue]
    topics: Mapping[str, Topic]
    buses: Mapping[str, Bus]
    streams: Mapping[str, Stream]
    workload: CellWorkload
    """What the tasks of every cell are."""
    catalogue: Entries
    """What the environment is a part of: tiers, data classes, roles, owners."""

    def benefits_of(self, cell: str) -> tuple[Benefit, ...]:
        """The benefits that a cell serves here."""
        return tuple(benefit for benefit in self.benefits.values() if benefit.cell == cell)

    def demand(self, benefit: str) -> Demand:
        """The benefit's own demand, or its cell's."""
        entry = self.benefits[benefit]
        return entry.demand or self.cells[entry.cell].demand

    def region(self, role: RegionRole) -> Region | None:
        """The region in a role; None for the standby of an environment that has none."""
        return self.environment.primary if role == "primary" else self.environment.standby

    def may_stand_in(self, data_class: str, role: RegionRole) -> bool:
        """Whether data of a class, its tasks, stores, logs and keys may be in the region of that role."""
        region = self.region(role)
        return region is not None and region.name in self.catalogue.data_classes[data_class].residency.regions

    def tasks(self, name: str, role: RegionRole) -> TaskCount:
        """Bounds and number at rest of one cell or service; all 0 where it may not stand.

        Raises: KeyError where the environment has no cell or service of that name.
        """
        user = self.cells[name] if name in self.cells else self.services[name]
        if not self.may_stand_in(user.data_class, role):
            return NO_TASKS
        counts = user.scaling.counts[self.environment.scale]
        fraction = 1.0 if role == "primary" else self.catalogue.tiers[user.tier].standby_fraction
        at_rest = math.ceil(counts.minimum * fraction)
        return TaskCount(at_rest, at_rest, counts.maximum)

    def openings(self, name: str) -> tuple[Opening, ...]:
        """Those for which a cell or service has more tasks: the cells of their benefits, and whatever everybody's
        requests go through, which is what the public reaches and what cells call.

        Raises: KeyError where the environment has no cell or service of that name.
        """
        if name not in self.cells:
            is_of_everybody = self.services[name].public or name in self.workload.depends_on.services
            return tuple(
                it for it in self.catalogue.openings.values() if is_of_everybody and self._opened(it)
            )
        return tuple(
            it
            for it in self.catalogue.openings.values()
            if any(benefit.cell == name for benefit in self._opened(it))
        )

    def _opened(self, opening: Opening) -> list[Benefit]:
        return [self.benefits[it] for it in opening.benefits if it in self.benefits]

    def task_total(self, role: RegionRole) -> TaskCount:
        """The sums over every cell and service."""
        counts = [self.tasks(name, role) for name in (*self.cells, *self.services)]
        return TaskCount(*(sum(column) for column in zip(NO_TASKS, *counts, strict=True)))


def resolve(entries: Entries, workload: CellWorkload, environment: Environment) -> Estate:
    """What of the catalogue stands in the environment."""
    cells, services = cells_in(entries, environment), services_in(entries, environment)
    used = _used_stores(cells, services, workload)
    return Estate(
        environment=environment,
        benefits=_benefits_in(entries, environment, cells),
        cells=cells,
        services=services,
        partners=_selected(entries.partners, environment.partners),
        workload=workload,
        catalogue=entries,
        **{kind: _filtered(getattr(entries, kind), used[kind].__contains__) for kind in STORE_SECTIONS},
    )


def cells_in(entries: Entries, environment: Environment) -> Mapping[str, Cell]:
    """The environment's cells; one of a benefit alone stands where the benefit does."""
    return _filtered(
        entries.cells,
        lambda name: (
            _selects(environment.cells, name)
            and not (entries.cells[name].own and not _stands(environment, entries.benefits[name]))
        ),
    )


def services_in(entries: Entries, environment: Environment) -> Mapping[str, Service]:
    """The environment's services."""
    return _selected(entries.services, environment.services)


def _stands(environment: Environment, benefit: Benefit) -> bool:
    due = benefit.status is Status.LIVE or environment.includes_planned
    return due and _selects(environment.benefits, benefit.slug)


def _benefits_in(
    entries: Entries, environment: Environment, cells: Mapping[str, Cell]
) -> Mapping[str, Benefit]:
    benefits = entries.benefits
    return _filtered(
        benefits, lambda slug: benefits[slug].cell in cells and _stands(environment, benefits[slug])
    )


def _used_stores(
    cells: Mapping[str, Cell], services: Mapping[str, Service], workload: CellWorkload
) -> dict[str, set[str]]:
    used: dict[str, set[str]] = {section: set() for section in STORE_SECTIONS}
    users: list[Stores] = [service.stores for service in services.values()]
    if cells:
        users.append(workload.stores)
    for stores in users:
        for kind, name in stores.names():
            used[kind].add(name)
    for cell in cells.values():
        used["databases"].add(cell.database)
        used["caches"].add(cell.cache)
    return used


def _selects(selection: Selection, name: str) -> bool:
    return name in selection or ALL in selection


def _selected(entries: Mapping[str, Named], selection: Selection) -> Mapping[str, Named]:
    return _filtered(entries, lambda name: _selects(selection, name))


def _filtered(entries: Mapping[str, Named], keep: Callable[[str], bool]) -> Mapping[str, Named]:
    return MappingProxyType({name: entry for name, entry in entries.items() if keep(name)})

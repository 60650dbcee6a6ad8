"""All entries of a catalogue by section, and where in the files each was written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalogue.benefit import Benefit
from catalogue.cell import Cell, CellWorkload, OwnCell
from catalogue.data_class import DataClass
from catalogue.document import Document
from catalogue.entry import Entry
from catalogue.environment import Environment
from catalogue.exceptions import Problem
from catalogue.launch import LaunchMix, LaunchProfile
from catalogue.opening import Opening
from catalogue.owner import Owner
from catalogue.partner import Partner, PartnerKind
from catalogue.role import Capability, Role
from catalogue.section import SECTIONS, SINGLES, Section
from catalogue.service import Service
from catalogue.store import Bucket, Bus, Cache, Database, Queue, Store, Stream, Topic
from catalogue.tier import Tier

__all__ = ["STORE_SECTIONS", "Draft", "Entries", "Sources"]

STORE_SECTIONS = ("databases", "caches", "buckets", "queues", "topics", "buses", "streams")


@dataclass(frozen=True, kw_only=True)
class Entries:
    """Every section's entries by key, in the order of the file."""

    benefits: Mapping[str, Benefit]
    cells: Mapping[str, Cell]
    """With the cells that `cell: own` makes."""
    services: Mapping[str, Service]
    databases: Mapping[str, Database]
    caches: Mapping[str, Cache]
    buckets: Mapping[str, Bucket]
    queues: Mapping[str, Queue]
    topics: Mapping[str, Topic]
    buses: Mapping[str, Bus]
    streams: Mapping[str, Stream]
    partner_kinds: Mapping[str, PartnerKind]
    partners: Mapping[str, Partner]
    tiers: Mapping[str, Tier]
    data_classes: Mapping[str, DataClass]
    capabilities: Mapping[str, Capability]
    roles: Mapping[str, Role]
    owners: Mapping[str, Owner]
    environments: Mapping[str, Environment]
    mixes: Mapping[str, LaunchMix]
    launches: Mapping[str, LaunchProfile]
    openings: Mapping[str, Opening]

    def stores(self) -> Iterator[tuple[str, Store]]:
        """Every store with its section."""
        for section in STORE_SECTIONS:
            for store in getattr(self, section).values():
                yield section, store


@dataclass(frozen=True)
class Sources:
    """Knows which names the files declare, and on which line everything is."""

    documents: Mapping[str, Document]
    own_cells: Mapping[str, str]
    """Benefits that have a cell of their own, by the name of that cell."""

    def declared(self, section: str) -> frozenset[str]:
        """Names in a section, whether or not their entries are valid."""
        names = frozenset(self.raw(_SECTION_BY_NAME[section]))
        return names | frozenset(self.own_cells) if section == "cells" else names

    def raw(self, section: Section) -> Mapping[str, object]:
        """The section as it was read; empty where it is not a mapping."""
        content = self.documents[section.file].content
        entries = content if section.key is None else content.get(section.key, {})
        return entries if isinstance(entries, dict) else {}

    def problem(
        self, section: str, entry: str, field: str, value: object, rule: str, allowed: str
    ) -> Problem:
        """A problem at one field of one entry. What an own cell breaks is its benefit's to mend."""
        if section == "cells" and entry in self.own_cells:
            section, field = "benefits", "cell"
        file, path = self._place(section, entry)
        parts = tuple(int(part) if part.isdigit() else part for part in field.split(".") if part)
        return Problem(
            file, self.documents[file].line((*path, *parts)), ".".join(path), field, value, rule, allowed
        )

    def _place(self, section: str, entry: str) -> tuple[str, tuple[str, ...]]:
        if section in SINGLES:
            return SINGLES[section][0], (section,)
        found = _SECTION_BY_NAME[section]
        return found.file, found.path(entry)


@dataclass(frozen=True, kw_only=True)
class Draft(Entries):
    """What could be read. Entries that break their model are left out, and only their names are known."""

    workload: CellWorkload | None
    own_cell: OwnCell | None
    sources: Sources

    def section(self, name: str) -> Mapping[str, Entry]:
        """One section's valid entries; a single entry stands under its own name."""
        if name not in SINGLES:
            return getattr(self, name)
        single = getattr(self, name)
        return {} if single is None else {name: single}


_SECTION_BY_NAME = {section.name: section for section in SECTIONS}

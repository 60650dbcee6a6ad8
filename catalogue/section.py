"""The sections of the catalogue's files: which entries are where, and which model reads them."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.benefit import Benefit
from catalogue.cell import Cell, CellWorkload, OwnCell
from catalogue.data_class import DataClass
from catalogue.entry import Entry
from catalogue.environment import Environment
from catalogue.launch import LaunchMix, LaunchProfile
from catalogue.opening import Opening
from catalogue.owner import Owner
from catalogue.partner import Partner, PartnerKind
from catalogue.role import Capability, Role
from catalogue.service import Service
from catalogue.store import Bucket, Bus, Cache, Database, Queue, Stream, Topic
from catalogue.tier import Tier

__all__ = ["SECTIONS", "SINGLES", "Section"]


@dataclass(frozen=True)
class Section:
    """A mapping of entries in one file: the whole file, or what is under one of its keys."""

    name: str
    """The attribute of the catalogue that holds it."""
    file: str
    model: type[Entry]
    key: str | None = None
    """None where the file is the section."""
    made_fields: tuple[str, ...] = ("name",)
    """The model's fields that are not written in the file; the first takes the entry's key."""

    def path(self, entry: str) -> tuple[str, ...]:
        """Where an entry is in its file."""
        return (entry,) if self.key is None else (self.key, entry)


SECTIONS: tuple[Section, ...] = (
    Section("benefits", "benefits.yaml", Benefit, made_fields=("slug",)),
    Section("cells", "cells.yaml", Cell, "cells", ("name", "own")),
    Section("services", "services.yaml", Service),
    Section("databases", "stores.yaml", Database, "databases"),
    Section("caches", "stores.yaml", Cache, "caches"),
    Section("buckets", "stores.yaml", Bucket, "buckets"),
    Section("queues", "stores.yaml", Queue, "queues"),
    Section("topics", "stores.yaml", Topic, "topics"),
    Section("buses", "stores.yaml", Bus, "buses"),
    Section("streams", "stores.yaml", Stream, "streams"),
    Section("partner_kinds", "partners.yaml", PartnerKind, "kinds"),
    Section("partners", "partners.yaml", Partner, "partners"),
    Section("tiers", "tiers.yaml", Tier),
    Section("data_classes", "data_classes.yaml", DataClass),
    Section("capabilities", "roles.yaml", Capability, "capabilities"),
    Section("roles", "roles.yaml", Role, "roles"),
    Section("owners", "owners.yaml", Owner),
    Section("environments", "environments.yaml", Environment),
    Section("mixes", "launches.yaml", LaunchMix, "mixes"),
    Section("launches", "launches.yaml", LaunchProfile, "launches"),
    Section("openings", "launches.yaml", Opening, "openings"),
)
SINGLES: Mapping[str, tuple[str, type[Entry]]] = {
    "workload": ("cells.yaml", CellWorkload),
    "own_cell": ("cells.yaml", OwnCell),
}
"""Keys that hold one entry and no mapping of entries, by file and model."""

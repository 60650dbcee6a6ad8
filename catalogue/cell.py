"""Cells: bulkheads that serve some benefits, so that a launch of one benefit cannot starve the others."""

from collections.abc import Mapping

from catalogue.benefit import Demand
from catalogue.entry import Entry, Flag, Positive, Sentence, Slug
from catalogue.scaling import Scaling
from catalogue.service import DependsOn, Port, Stores
from catalogue.size import Size
from catalogue.store import QueueSettings

__all__ = ["OWN_RESOURCES", "Cell", "CellWorkload", "OwnCell"]

OWN_RESOURCES = ("database", "cache", "queue", "drafts")
"""What every cell has of its own; the degradation contract of all cells names them so."""


class CellWorkload(Entry):
    """What the tasks of every cell are and need, whichever benefits they serve."""

    role: Slug
    port: Port
    stores: Stores = Stores()
    """Besides the database, cache, queue and bucket for drafts of each cell."""
    depends_on: DependsOn = DependsOn()
    degradation: Mapping[str, Sentence]

    @property
    def dependencies(self) -> tuple[str, ...]:
        """Everything that the degradation contract must cover."""
        stores = (name for _, name in self.stores.names())
        return (*OWN_RESOURCES, *self.depends_on.services, *stores, *self.depends_on.partners)


class OwnCell(Entry):
    """The resources of a cell; in the file, those of a cell that `cell: own` makes."""

    cache: Slug
    queue: QueueSettings
    """Of the queue that each of its benefits has."""
    connection_budget: Positive
    """Connections that all its tasks together may open to its database."""
    size: Size
    scaling: Scaling
    demand: Demand
    """Of a benefit that gives none itself."""


class Cell(OwnCell):
    """One bulkhead."""

    name: Slug
    description: Sentence
    tier: Slug
    data_class: Slug
    owner: Slug
    database: Slug
    """Where it keeps its cases."""
    own: Flag = False
    """Whether it was made for one benefit by `cell: own`; not written in the file."""

"""Platform services: what a task is told to be, and what it does without its dependencies."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from catalogue.entry import Count, Entry, Sentence, Slug
from catalogue.rule import broken
from catalogue.scaling import Driver, Scaling
from catalogue.size import Size

__all__ = ["DependsOn", "Public", "Service", "Stores"]

# ALB path patterns. Source: Elastic Load Balancing, Application Load Balancers, "Path conditions".
PathPattern = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9_\-.$/~\"'@:+&?*]*$", max_length=128)]
# Source: Elastic Load Balancing API Reference, CreateRule, Priority: 1 to 50000.
Priority = Annotated[int, Field(strict=True, ge=1, le=50000)]
Port = Annotated[int, Field(strict=True, ge=1024, le=65535)]


class Stores(Entry):
    """The stores that are used, by kind."""

    databases: tuple[Slug, ...] = ()
    caches: tuple[Slug, ...] = ()
    buckets: tuple[Slug, ...] = ()
    queues: tuple[Slug, ...] = ()
    topics: tuple[Slug, ...] = ()
    buses: tuple[Slug, ...] = ()
    streams: tuple[Slug, ...] = ()

    def names(self) -> Iterator[tuple[str, str]]:
        """Kind and name of each, in the order above."""
        for kind in type(self).model_fields:
            for name in getattr(self, kind):
                yield kind, name


class DependsOn(Entry):
    """What is called over the network, besides stores."""

    services: tuple[Slug, ...] = ()
    partners: tuple[Slug, ...] = ()
    """Kinds of partner."""


class Public(Entry):
    """How the edge routes to a service."""

    paths: tuple[PathPattern, ...] = Field(min_length=1, max_length=5)
    """At most five values in one rule. Source: quotas for Application Load Balancers."""
    priority: Priority


class Service(Entry):
    """One platform service."""

    name: Slug
    role: Slug
    """What the workload image is told to be."""
    description: Sentence
    tier: Slug
    data_class: Slug
    owner: Slug
    cost_centre: Slug
    size: Size
    port: Port
    scaling: Scaling
    stores: Stores = Stores()
    connection_budget: Count = 0
    """Connections it may open to each of its databases, over all its tasks; 0 where it has none."""
    depends_on: DependsOn = DependsOn()
    public: Public | None = None
    """Omitted where the edge does not route to it."""
    degradation: Mapping[str, Sentence] = {}
    """The degradation contract: for each dependency, what it still does without it."""

    @property
    def dependencies(self) -> tuple[str, ...]:
        """Everything that the degradation contract must cover: services, stores, kinds of partner."""
        stores = (name for _, name in self.stores.names())
        return (*self.depends_on.services, *stores, *self.depends_on.partners)

    @model_validator(mode="after")
    def _can_be_reached_at_rest(self) -> Self:
        if self.public is not None and self.scaling.driver is Driver.QUEUE:
            rule, advice = (
                "What the edge routes to must not wait for a queue",
                "Use another driver, or remove 'public'.",
            )
            raise broken(rule, self.scaling.driver.value, advice, "scaling.driver")
        if bool(self.stores.databases) != bool(self.connection_budget):
            advice = "Give every user of a database a budget, and nothing else one."
            rule = "A connection budget must go with the use of a database"
            raise broken(rule, self.connection_budget, advice, "connection_budget")
        return self

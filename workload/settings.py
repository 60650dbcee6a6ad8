"""Everything that makes the one image this service: the variables of its task definition."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workload.exceptions import SettingsWrong

__all__ = ["CachePlace", "DatabasePlace", "Settings", "Stores"]

DEFAULT_SLOTS = 16
"""Whoever asks another service holds a slot while it waits, so that half of them may wait and the others go on: an
assumption. With eight, three in ten requests asking a service that took 0.3 s stopped a cell of two tasks at 150 a
second, on cores that had time left."""
DEFAULT_SERVICE_MILLISECONDS = 0
"""Added to every request. Only a scale model sets it: with 20 and eight slots, a task has 400 requests/s."""

DEFAULT_MAXIMUM_TASKS = 12
"""Tasks that share a connection budget where the task is not told."""

MOST_CONNECTIONS = 8
"""Of a task to a database: half of its slots, for a statement takes a small part of a request's time."""


@dataclass(frozen=True)
class DatabasePlace:
    """Where a database cluster is. Attributes: endpoint: of the writer."""

    endpoint: str
    reader_endpoint: str
    port: int


@dataclass(frozen=True)
class CachePlace:
    """Where a cache is. Attributes: group_id: of the replication group. user_name: this service's own."""

    endpoint: str
    reader_endpoint: str
    port: int
    group_id: str
    user_name: str

    @property
    def prefix(self) -> str:
        """With which every key of this user begins: its access string admits no others."""
        return self.user_name.removeprefix(f"{self.group_id}-") + ":"


@dataclass(frozen=True)
class Stores:
    """The service's stores that are in this region, by name. Attributes: queues: URLs. topics: ARNs."""

    databases: Mapping[str, DatabasePlace] = field(default_factory=dict[str, DatabasePlace])
    caches: Mapping[str, CachePlace] = field(default_factory=dict[str, CachePlace])
    queues: Mapping[str, str] = field(default_factory=dict[str, str])
    topics: Mapping[str, str] = field(default_factory=dict[str, str])
    buses: Mapping[str, str] = field(default_factory=dict[str, str])
    streams: Mapping[str, str] = field(default_factory=dict[str, str])
    buckets: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def from_document(cls, document: Mapping[str, Mapping[str, Any]]) -> "Stores":
        """Raises: KeyError, TypeError: a fact is missing."""

        def facts(kind: str) -> Mapping[str, Any]:
            return document.get(kind, {})

        return cls(
            databases={name: _database(it) for name, it in facts("databases").items()},
            caches={name: _cache(it) for name, it in facts("caches").items()},
            queues={name: it["url"] for name, it in facts("queues").items()},
            topics=dict(facts("topics")),
            buses={name: it["name"] for name, it in facts("buses").items()},
            streams={name: it["name"] for name, it in facts("streams").items()},
            buckets={name: it["name"] for name, it in facts("buckets").items()},
        )


def _database(facts: Mapping[str, Any]) -> DatabasePlace:
    return DatabasePlace(facts["endpoint"], facts["reader_endpoint"], int(facts["port"]))


def _cache(facts: Mapping[str, Any]) -> CachePlace:
    group_id = facts["arn"].rpartition(":")[2]
    return CachePlace(
        facts["endpoint"], facts["reader_endpoint"], int(facts["port"]), group_id, facts["user_name"]
    )


@dataclass(frozen=True)
class Settings:
    """Attributes:
    host: address that it listens on. port: that it listens on, and at which it finds other services.
    degradation: what still works, by the dependency that is away.
    maximum_tasks: that share the connection budget.
    service_seconds: for which a request keeps its slot at the least.
    sheds: whether work that does not fit is refused. Only a comparison switches it off, to show what it is for.
    partner_scheme: of calls to partners, `https` but on the twin.
    region: AWS's, to sign with.
    """

    service: str
    role: str
    environment: str = "local"
    region_role: str = "primary"
    tier: str = "standard"
    host: str = "0.0.0.0"  # noqa: S104  a container is reached by its own address
    port: int = 8080
    metrics_namespace: str = "Estate"
    degradation: Mapping[str, str] = field(default_factory=dict[str, str])
    calls: tuple[str, ...] = ()
    stores: Stores = Stores()
    benefits_path: str | None = None
    partners_paths: tuple[str, ...] = ()
    connection_budget: int = 0
    maximum_tasks: int = DEFAULT_MAXIMUM_TASKS
    slots: int = DEFAULT_SLOTS
    service_seconds: float = DEFAULT_SERVICE_MILLISECONDS / 1000
    sheds: bool = True
    partner_scheme: str = "https"
    cache_tls: bool = True
    region: str = "eu-west-2"

    @property
    def database_user(self) -> str:
        """The catalogue's entry with underscores: a cell's service is its entry after `cell-`."""
        entry = self.service.removeprefix("cell-") if self.role == "cell" else self.service
        return entry.replace("-", "_")

    @property
    def connections(self) -> int:
        """That this task may open to a database: its share of the service's budget."""
        return max(1, min(MOST_CONNECTIONS, self.connection_budget // max(1, self.maximum_tasks)))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Raises: SettingsWrong: a variable is missing or cannot be read."""
        read = _Reader(environment)
        return cls(
            service=read.required("ESTATE_SERVICE"),
            role=read.required("ESTATE_ROLE"),
            environment=read.text("ESTATE_ENVIRONMENT", "local"),
            region_role=read.text("ESTATE_REGION_ROLE", "primary"),
            tier=read.text("ESTATE_TIER", "standard"),
            host=read.text("ESTATE_HOST", cls.host),
            port=read.number("ESTATE_PORT", cls.port),
            metrics_namespace=read.text("ESTATE_METRICS_NAMESPACE", cls.metrics_namespace),
            degradation=read.document("ESTATE_DEGRADATION"),
            calls=read.words("ESTATE_CALLS"),
            stores=read.stores("ESTATE_STORES"),
            benefits_path=read.text("ESTATE_BENEFITS_PATH", "") or None,
            partners_paths=read.words("ESTATE_PARTNERS_PATHS"),
            connection_budget=read.number("ESTATE_CONNECTION_BUDGET", 0),
            maximum_tasks=read.number("ESTATE_MAXIMUM_TASKS", DEFAULT_MAXIMUM_TASKS),
            slots=read.number("ESTATE_SLOTS", DEFAULT_SLOTS),
            service_seconds=read.number("ESTATE_SERVICE_MILLISECONDS", DEFAULT_SERVICE_MILLISECONDS) / 1000,
            sheds=read.flag("ESTATE_SHEDDING", cls.sheds),
            partner_scheme=read.text("ESTATE_PARTNER_SCHEME", cls.partner_scheme),
            cache_tls=read.flag("ESTATE_CACHE_TLS", cls.cache_tls),
            region=read.text("AWS_REGION", "") or read.text("AWS_DEFAULT_REGION", cls.region),
        )


class _Reader:
    """Reads variables, and names the one that is wrong."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def required(self, name: str) -> str:
        value = self._environment.get(name)
        if not value:
            raise SettingsWrong(f"The task needs {name}, got none. Its task definition sets it.")
        return value

    def text(self, name: str, default: str) -> str:
        return self._environment.get(name, default)

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(word for word in self.text(name, "").split(",") if word)

    def number(self, name: str, default: int) -> int:
        text = self.text(name, str(default))
        if not text.isdigit():
            raise SettingsWrong(f"{name} is a whole number, got {text!r}. Correct the task definition.")
        return int(text)

    def flag(self, name: str, default: bool) -> bool:
        text = self.text(name, str(default)).lower()
        if text not in ("true", "false"):
            raise SettingsWrong(f"{name} is true or false, got {text!r}. Correct the task definition.")
        return text == "true"

    def document(self, name: str) -> dict[str, Any]:
        text = self.text(name, "{}")
        try:
            document = json.loads(text)
        except ValueError as error:
            raise SettingsWrong(
                f"{name} is JSON, got {text!r}: {error}. Correct the task definition."
            ) from error
        if not isinstance(document, dict):
            raise SettingsWrong(f"{name} is a JSON object, got {text!r}. Correct the task definition.")
        return document

    def stores(self, name: str) -> Stores:
        try:
            return Stores.from_document(self.document(name))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise SettingsWrong(
                f"{name} lacks a fact of a store: {error!r}. The data layer exports them; see stacks/workload.py."
            ) from error

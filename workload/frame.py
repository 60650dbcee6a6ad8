"""What every role is given: its settings, and ways to everything outside that a fake can stand in for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from workload.aws import Aws
from workload.cache import Cache
from workload.database import Database
from workload.degradation import Contract
from workload.logs import Log
from workload.metrics import Metrics
from workload.parameters import Parameters
from workload.partner import Partners
from workload.queue import Queue, SqsQueue
from workload.settings import Settings
from workload.slots import Slots
from workload.upstream import HttpClient, Upstream

__all__ = ["Frame"]


@dataclass
class Frame:
    """One task's connections to the world, made when they are first asked for.

    Attributes: random: for jitter. slots: that requests and work from queues share.
    """

    settings: Settings
    log: Log
    aws: Aws
    http: HttpClient
    metrics: Metrics
    slots: Slots
    random: Random = field(default_factory=Random)
    _upstreams: dict[tuple[str, str], Upstream] = field(default_factory=dict[tuple[str, str], Upstream])
    _queues: dict[str, Queue] = field(default_factory=dict[str, Queue])

    @classmethod
    def of(cls, settings: Settings) -> "Frame":
        """A frame for the task that these settings describe; nothing outside is touched yet."""
        log = Log(settings.service)
        aws = Aws(settings.region)
        slots = Slots(settings.slots, settings.service_seconds, sheds=settings.sheds)
        metrics = Metrics(settings.metrics_namespace, settings.service, aws, slots, log)
        return cls(settings, log, aws, HttpClient(), metrics, slots)

    @cached_property
    def contract(self) -> Contract:
        return Contract(self.settings.degradation)

    @cached_property
    def databases(self) -> Mapping[str, Database]:
        """By name, those of the service that stand in this region."""
        places = self.settings.stores.databases
        return {
            name: Database.at(name, place, self.settings, self.aws, self.random)
            for name, place in places.items()
        }

    @cached_property
    def caches(self) -> Mapping[str, Cache]:
        places = self.settings.stores.caches
        return {name: Cache.at(name, place, self.settings, self.aws) for name, place in places.items()}

    @cached_property
    def partners(self) -> Partners:
        """Those of the service's kinds, as their parameters say now."""
        return Partners(Parameters(self.aws), self.settings, self.http, self.random)

    def queue(self, name: str) -> Queue | None:
        """The service's own queue of this name; none where the service is given none in this region."""
        url = self.settings.stores.queues.get(name)
        return self.queue_at(name, url) if url else None

    def queue_at(self, name: str, url: str) -> Queue:
        """The queue at a URL, under the name that it has in the contract."""
        return self._queues.setdefault(url, SqsQueue(name, url, self.aws))

    def service(self, name: str, part: str = "") -> Upstream:
        """The service of this name. Every service of the catalogue listens on the same port.

        Args: part: of the service that fails by itself, such as one partner's adapter; it has its own breaker.
        """
        if (name, part) not in self._upstreams:
            base_url = f"http://{name}:{self.settings.port}"
            self._upstreams[name, part] = Upstream(name, base_url, self.http, self.random)
        return self._upstreams[name, part]

    async def close(self) -> None:
        """Every connection is given back."""
        for database in self.__dict__.get("databases", {}).values():
            await database.close()
        for cache in self.__dict__.get("caches", {}).values():
            await cache.close()
        await self.http.close()
        self.aws.close()

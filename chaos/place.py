"""The environment that is experimented on: whether it may be, and what is asked of it."""

import ipaddress
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from catalogue import Catalogue, Estate, Kind
from chaos.exceptions import EstateAway, ExperimentInvalid, NotAllowed
from chaos.fault_endpoint import FaultEndpoint
from evidence import EnvironmentLabel
from load_tests.estate_ledger import Books, PaymentBook
from load_tests.surroundings import CLUSTER, check_up, label_of
from load_tests.targets import target

__all__ = ["Place", "Standing"]

MOST = 100
"""That DescribeTasks takes at once. Source: ECS API reference, DescribeTasks."""

MOST_SERVICES = 10
"""That DescribeServices takes at once. Source: ECS API reference, DescribeServices."""

_CONFIG = Config(connect_timeout=2, read_timeout=20, retries={"max_attempts": 2})


@dataclass(frozen=True)
class Standing:
    """One service now. Attributes: tasks: healthy ones, zone by ARN."""

    name: str
    desired: int
    running: int
    tasks: Mapping[str, str]

    def healthy(self, without_zones: Sequence[str] = (), without_tasks: Sequence[str] = ()) -> int:
        return sum(zone not in without_zones and arn not in without_tasks for arn, zone in self.tasks.items())

    @property
    def by_zone(self) -> Counter[str]:
        return Counter(self.tasks.values())


@dataclass
class Place:
    """Attributes: edge: URL at which people come in. faults: None where there is no fault endpoint.
    books: where the estate's side of the ledger is read."""

    estate: Estate
    edge: str
    faults: str | None
    label: EnvironmentLabel
    books: Books
    _clients: dict[str, Any] = field(default_factory=dict[str, Any])
    make: Callable[..., Any] = boto3.client

    @classmethod
    def of(cls, catalogue: Catalogue, variables: Mapping[str, str]) -> "Place":
        """Raises: NotAllowed, ExperimentInvalid, load_tests.TargetRefused, catalogue.UnknownEnvironment."""
        name = variables.get("ESTATE_ENVIRONMENT")
        if not name:
            raise ExperimentInvalid(
                'No environment is named. Say eval "$(estate env ENVIRONMENT)" before `chaos run`.'
            )
        estate = catalogue.estate(name)
        _check_allowed(estate, variables)
        edge = target(estate.environment, variables.get("ESTATE_EDGE"))
        return cls(
            estate,
            edge,
            variables.get("ESTATE_FAULTS_URL"),
            label_of(estate.environment, variables),
            Books.of(estate, edge, PaymentBook.of(estate.environment, variables)),
        )

    @property
    def is_twin(self) -> bool:
        return self.estate.environment.kind is Kind.TWIN

    @property
    def zones(self) -> tuple[str, ...]:
        return tuple(self.estate.environment.primary.zones)

    @property
    def path(self) -> tuple[str, ...]:
        """Services that each operation of a person goes through: the portal, and one of the cells."""
        return ("portal", *(f"cell-{cell}" for cell in self.estate.cells))

    def aws(self, service: str) -> Any:
        """A client, by what `estate env` exports."""
        if service not in self._clients:
            self._clients[service] = self.make(service, config=_CONFIG)
        return self._clients[service]

    def endpoint(self) -> FaultEndpoint:
        """Raises: NotAllowed: AWS has none."""
        if not self.faults:
            raise NotAllowed(
                f"{self.estate.environment.name!r} has no fault endpoint: AWS has no API for this fault. Run the "
                "experiment on a twin."
            )
        return FaultEndpoint(self.faults)

    def check_up(self) -> None:
        """People are answered, and so are those who ask AWS's API. Raises: EstateAway, load_tests.EstateDown."""
        check_up(self.edge)
        self.standings()

    def standings(self) -> Sequence[Standing]:
        """Every service of the region that people come to. Raises: EstateAway."""
        try:
            tasks = self._tasks()
            return [
                Standing(
                    it["serviceName"],
                    it["desiredCount"],
                    it["runningCount"],
                    tasks.get(it["serviceName"], {}),
                )
                for it in self._services()
            ]
        except (BotoCoreError, ClientError) as error:
            raise EstateAway(
                f"AWS's API of {self.estate.environment.name!r} does not answer as it must ({error}). "
                "`estate status` says what runs."
            ) from error

    def _services(self) -> list[Mapping[str, Any]]:
        ecs = self.aws("ecs")
        arns = _all(ecs, "list_services", "serviceArns", cluster=CLUSTER)
        return [
            it
            for some in _chunks(arns, MOST_SERVICES)
            for it in ecs.describe_services(cluster=CLUSTER, services=some)["services"]
        ]

    def _tasks(self) -> Mapping[str, Mapping[str, str]]:
        ecs = self.aws("ecs")
        found: dict[str, dict[str, str]] = {}
        arns = _all(ecs, "list_tasks", "taskArns", cluster=CLUSTER, desiredStatus="RUNNING")
        for some in _chunks(arns, MOST):
            for it in ecs.describe_tasks(cluster=CLUSTER, tasks=some)["tasks"]:
                if it.get("healthStatus") == "HEALTHY":
                    service = str(it["group"]).removeprefix("service:")
                    found.setdefault(service, {})[it["taskArn"]] = it["availabilityZone"]
        return found


def _all(client: Any, operation: str, member: str, **asked: Any) -> list[str]:
    pages = client.get_paginator(operation).paginate(**asked)
    return [arn for page in pages for arn in page[member]]


def _chunks(items: Sequence[str], size: int) -> list[list[str]]:
    return [list(items[start : start + size]) for start in range(0, len(items), size)]


def _check_allowed(estate: Estate, variables: Mapping[str, str]) -> None:
    """Raises: NotAllowed."""
    environment = estate.environment
    if not environment.fault_injection:
        raise NotAllowed(
            f"{environment.name!r} is not to be experimented on (fault_injection: false in environments.yaml). "
            "Choose another environment."
        )
    named = {name: variables.get(name) for name in ("AWS_ENDPOINT_URL", "ESTATE_FAULTS_URL")}
    if environment.kind is Kind.AWS:
        for name, url in named.items():
            if url:
                raise NotAllowed(
                    f"{environment.name!r} is on AWS, and {name} leads to {url}. Unset it, or name a twin."
                )
        return
    for name, url in named.items():
        _check_loopback(environment.name, name, url)


def _check_loopback(environment: str, name: str, url: str | None) -> None:
    if not url:
        raise NotAllowed(
            f"{environment!r} is a twin, and {name} is not set. Start it with 'estate up {environment}', then "
            f'eval "$(estate env {environment})".'
        )
    host = urlsplit(url).hostname or ""
    if not _is_loopback(host):
        raise NotAllowed(
            f"{environment!r} is a twin on this machine, and {name} leads to {host!r}. "
            f"`estate env {environment}` names its own addresses."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""An exchange with two partners that answer at once and one that answers a file later."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.workload.served import Served, served
from tests.workload.world import World
from workload.app import application
from workload.roles import exchange
from workload.service import Service

DOMAIN = "partners.agency.example"
ANGUS_QUEUE = "https://queues/partner-local-authority-angus"


def settings_of(name: str, transport: str, **changes: Any) -> dict[str, Any]:
    return {
        "title": name,
        "transport": transport,
        "calls_per_second": 50,
        "circuit_breaker": {"failures": 2, "open_seconds": 30},
        "queue_url": f"https://queues/partner-local-authority-{name}",
        "secret_arn": f"arn:{name}",
        "host": f"{name}.{DOMAIN}",
    } | changes


def answers(method: str, path: str, body: Any) -> tuple[int, Any]:
    """A partner with an API that confirms everything."""
    return 200, {"outcome": "confirmed"}


@pytest.fixture
def world() -> World:
    world = World(
        "exchange",
        "exchange-government",
        buckets={"file-gateway": "files", "exchange-audit": "audit"},
        buses={"agency": "agency"},
    )
    paths = "/estate/partners"
    world.aws.parameters = {
        f"{paths}/government/dwp": settings_of("dwp", "api"),
        f"{paths}/government/nrs": settings_of("nrs", "api", calls_per_second=1),
        f"{paths}/local-authority/angus": settings_of("angus", "file"),
    }
    world.http.hosts = {f"{name}.{DOMAIN}": answers for name in ("dwp", "nrs")}
    world.aws.secrets = {f"arn:{name}": '{"secret": "s3cret"}' for name in ("dwp", "nrs", "angus")}
    return world


@pytest.fixture
def tasks(world: World) -> Iterator[Served]:
    """Operations only: loops and workers are run by those tests that need them."""
    frame = world.frame()
    with served(application(frame, Service(exchange.make(frame).operations))) as app:
        yield app


def ask(app: Served, partner: str, client: str = "c-1") -> tuple[int, dict[str, Any]]:
    answer = app.post(f"/partners/{partner}/checks", json={"check": "income", "client_reference": client})
    return answer.status_code, answer.json()

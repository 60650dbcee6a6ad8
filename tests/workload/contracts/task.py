"""One task whose service a test puts together, and what it is asked."""

import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import httpx
import yaml

from tests.workload.fakes import FakeAws, FakeTransport
from tests.workload.virtual_time import run
from workload.app import application
from workload.frame import Frame
from workload.logs import Log
from workload.metrics import Metrics
from workload.service import Operation, Service
from workload.settings import Settings
from workload.slots import Slots

CATALOGUE = Path(__file__).parents[3] / "catalogue"


def sentences(role: str) -> Mapping[str, str]:
    """The role's degradation contract, as the catalogue has it."""
    if role == "cell":
        return yaml.safe_load((CATALOGUE / "cells.yaml").read_text())["workload"]["degradation"]
    return yaml.safe_load((CATALOGUE / "services.yaml").read_text())[role]["degradation"]


class Task:
    """Attributes: transport: what other services answer. aws: what AWS was asked."""

    def __init__(self, role: str) -> None:
        self.contract = sentences(role)
        self.transport = FakeTransport()
        self.aws = FakeAws()
        settings = Settings(role, role, degradation=self.contract, partner_scheme="http")
        self.log_lines = io.StringIO()
        log, slots = Log(role, self.log_lines), Slots(8)
        metrics = Metrics("Estate", role, self.aws, slots, log)
        self.frame = Frame(settings, log, self.aws, self.transport, metrics, slots, Random(1))  # pyright: ignore

    def clause(self, *dependencies: str) -> list[dict[str, str]]:
        """What an answer says that was given without them."""
        return [{"dependency": it, "what_still_works": self.contract[it]} for it in dependencies]

    def asks(self, operations: Sequence[Operation]) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=application(self.frame, Service(operations)))
        return httpx.AsyncClient(transport=transport, base_url="http://task")


def in_task(role: str, test: Callable[[Task], Awaitable[None]]) -> None:
    """The test has run, in virtual time."""

    async def whole() -> None:
        await test(Task(role))

    run(whole)


def key(value: str = "key-1") -> dict[str, str]:
    return {"Idempotency-Key": value}


def away(answer: Any) -> list[str]:
    """Dependencies without which the answer was given."""
    return [it["dependency"] for it in answer.json().get("degraded", [])]

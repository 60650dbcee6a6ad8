"""The services of the path, in one process: real but for queues, AWS and the wires between them."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import Any

import httpx
from starlette.applications import Starlette

from tests.workload.fakes import FakeAws, FakeQueue, FakeTransport
from tests.workload.postgres import Postgres
from workload.app import application, service_of
from workload.frame import Frame
from workload.logs import Log
from workload.metrics import Metrics
from workload.settings import DatabasePlace, Settings, Stores
from workload.slots import Slots
from workload.upstream import Answer

DEADLINE_SECONDS = 20.0
NAMES = {"cell": "cell-families"}
QUEUES = ("case-work", "decision-requests", "payment-requests", "letters-to-send")

_BENEFITS = {
    "child-payment/settings": {"name": "Child Payment", "queue_url": "queue:child-payment"},
    "child-payment/database": {"database": "core", "schema": "child_payment", "role": "child_payment"},
}


class Estate:
    """Attributes: central_payments: by payment id, what took effect."""

    def __init__(self, server: Postgres) -> None:
        self.server = server
        self.transport = FakeTransport()
        self.queues = {name: FakeQueue(name) for name in (*QUEUES, "queue:child-payment")}
        self.central_payments: dict[str, Any] = {}
        self.frames: dict[str, Frame] = {}
        self.services: dict[str, Any] = {}
        self.apps: dict[str, Starlette] = {}

    @classmethod
    @asynccontextmanager
    async def running(cls, server: Postgres) -> AsyncIterator["Estate"]:
        estate = cls(server)
        async with AsyncExitStack() as stack:
            for role in ("cell", "case", "decision", "payments"):
                app = estate.make(role)
                await stack.enter_async_context(app.router.lifespan_context(app))
            yield estate

    def make(self, role: str) -> Starlette:
        frame = self._frame(role)
        service = service_of(frame)
        self.frames[role], self.services[role] = frame, service
        self.apps[role] = app = application(frame, service)
        self.transport.routes[f"http://{frame.settings.service}:8080"] = app
        self.transport.routes.setdefault("http://exchange-government:8080", {"outcome": "confirmed"})
        self.transport.routes.setdefault("http://dwp.partners.test", self._central_payments())
        return app

    async def post(self, role: str, path: str, document: Any, key: str) -> httpx.Response:
        return await self._ask(role, "POST", path, {"Idempotency-Key": key}, document)

    async def get(self, role: str, path: str) -> httpx.Response:
        return await self._ask(role, "GET", path, {}, None)

    async def state_is(self, id_: str, state: str) -> bool:
        got = await self.get("cell", f"/benefits/child-payment/applications/{id_}")
        return got.status_code == 200 and got.json()["state"] == state

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not await holds():
                await asyncio.sleep(0.05)

    def cell_may_set_role(self) -> bool:
        benefits = self.services["cell"].workers[0]
        return benefits._made["child-payment"].applications._maker.may_set_role

    async def _ask(
        self, role: str, method: str, path: str, headers: dict[str, str], document: Any
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.apps[role])
        async with httpx.AsyncClient(transport=transport, base_url="http://estate", timeout=None) as client:
            return await client.request(method, path, json=document, headers=headers)

    def _frame(self, role: str) -> Frame:
        settings = self._settings(role)
        log, aws = Log(settings.service), FakeAws()
        aws.answers["ssm", "get_parameters_by_path"] = self._parameters
        slots = Slots(settings.slots)
        metrics = Metrics("Estate", settings.service, aws, slots, log)
        frame = Frame(settings, log, aws, self.transport, metrics, slots, Random(1))  # pyright: ignore
        frame._queues.update(self.queues)
        return frame

    def _settings(self, role: str) -> Settings:
        place = DatabasePlace(self.server.host, self.server.host, self.server.port)
        queues = {name: name for name in QUEUES} if role == "case" else {}
        if role in ("decision", "payments"):
            name = f"{role.removesuffix('s')}-requests"
            queues = {name: name}
        return Settings(
            NAMES.get(role, role),
            role,
            stores=Stores(databases={"core": place}, queues=queues),
            benefits_path="/benefits" if role == "cell" else None,
            partners_paths=("/estate/partners/government",) if role == "payments" else (),
            partner_scheme="http",
            connection_budget=96,
        )

    def _parameters(self, arguments: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = _BENEFITS
        if "partners" in arguments["Path"]:
            found = {
                "dwp": {"host": "dwp.partners.test", "circuit_breaker": {"failures": 5, "open_seconds": 1}}
            }
        path = arguments["Path"]
        return {
            "Parameters": [{"Name": f"{path}/{name}", "Value": json.dumps(it)} for name, it in found.items()]
        }

    def _central_payments(self) -> Any:
        async def pay(method: str, url: str, content: bytes | None) -> Answer:
            order = json.loads(content or b"{}")
            known = self.central_payments.setdefault(order["payment_id"], order)
            return Answer(200 if known == order else 409, {}, b"{}")

        pay.is_function = True  # pyright: ignore[reportFunctionMemberAccess]
        return pay

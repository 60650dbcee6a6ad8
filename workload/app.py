"""The ASGI application of a role, and the work that goes on beside it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workload.admission import admitted
from workload.answers import answer, error_answer
from workload.exceptions import Refused, SettingsWrong
from workload.frame import Frame
from workload.readiness import readiness
from workload.service import Loop, Service, Worker

__all__ = ["application", "service_of"]

STOP_SECONDS = 24.0
"""Below the 30 s that ECS gives a task to stop (stopTimeout), and above a long poll of 20 s."""

LONGEST_PAUSE_SECONDS = 30.0


def service_of(frame: Frame) -> Service:
    """The service that the frame's settings name, made by the module of its role.

    Raises: SettingsWrong: there is no such role.
    """
    role = frame.settings.role
    name = f"workload.roles.{role.replace('-', '_')}"
    try:
        module = import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise SettingsWrong(f"ESTATE_ROLE names no role, got {role!r}. See workload/roles.") from error
    return module.make(frame)


def application(frame: Frame, service: Service) -> Starlette:
    """Serves the service's operations, and `/health`, `/ready` and `/metrics.json`, which take no slot."""
    routes = [
        Route("/health", _health),
        Route("/ready", _ready(frame, service)),
        Route("/metrics.json", _metrics(frame)),
        Route("/openapi.json", _openapi(frame, service)),
        *(Route(it.path, admitted(frame, it), methods=[it.method]) for it in service.operations),
    ]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        background = Background(frame, service)
        background.start()
        try:
            yield
        finally:
            await background.stop()
            await frame.close()

    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _not_served})


class Background:
    """Loops and workers of a service, and its reports to CloudWatch."""

    def __init__(self, frame: Frame, service: Service) -> None:
        self._frame = frame
        self._loops: Sequence[Loop] = (*service.loops, Loop("metrics", frame.metrics.run))
        self._workers = service.workers
        self._loop_tasks: list[asyncio.Task[None]] = []
        self._worker_tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._loop_tasks = [asyncio.create_task(self._kept(it), name=it.name) for it in self._loops]
        as_loops = [Loop(it.name, it.run) for it in self._workers]
        self._worker_tasks = [asyncio.create_task(self._kept(it), name=it.name) for it in as_loops]

    async def stop(self) -> None:
        """Workers have finished what they began, or their time was up; loops are ended."""
        _stop(self._workers)
        if self._worker_tasks:
            await asyncio.wait(self._worker_tasks, timeout=STOP_SECONDS)
        tasks = [*self._worker_tasks, *self._loop_tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _kept(self, loop: Loop) -> None:
        """The loop is begun again whenever it ends in an error."""
        pause = 1.0
        while True:
            try:
                return await loop.run()
            except Exception as error:
                self._frame.log.error("loop-failed", error, loop=loop.name)
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE_SECONDS, 2 * pause)


def _stop(workers: Sequence[Worker]) -> None:
    for worker in workers:
        worker.stop()


async def _health(_: Request) -> Response:
    """The process runs and its event loop turns. It says nothing of any dependency, so that none takes tasks along."""
    return answer({"status": "ok"})


def _ready(frame: Frame, service: Service):
    async def ready(_: Request) -> Response:
        status, document = await readiness(service.probes, frame.contract)
        return answer(document, status)

    return ready


def _metrics(frame: Frame):
    async def metrics(_: Request) -> Response:
        return answer(frame.metrics.document())

    return metrics


def _openapi(frame: Frame, service: Service):
    async def openapi(_: Request) -> Response:
        module = import_module("workload.openapi")
        return answer(module.document_of(service, frame.settings.role))

    return openapi


async def _not_served(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "refused")
    refused = error_answer(
        Refused(error.status_code, code, "Nothing is served here in this way. See /openapi.json.")
    )
    if error.status_code == 405:
        # Source: RFC 9110, section 15.5.6. Each operation is a route of its own, and a path may have several.
        refused.headers["Allow"] = ", ".join(sorted(_methods(request)))
    return refused


def _methods(request: Request) -> set[str]:
    """Those with which something is served at the request's path."""
    routes = [
        it for it in request.app.routes if isinstance(it, Route) and it.path_regex.match(request.url.path)
    ]
    return {method for route in routes for method in route.methods or ()}

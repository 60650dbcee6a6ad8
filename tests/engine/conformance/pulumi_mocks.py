"""A program under Pulumi's own mocks: what the SDK itself says that it registers."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Any

import pulumi
from pulumi.runtime import mocks
from pulumi.runtime.stack import run_pulumi_func

from engine import wire

__all__ = ["Registered", "registered_under_mocks"]

Registered = dict[tuple[str, str], dict[str, Any]]
"""Inputs by type and name."""


class _Noting(mocks.Mocks):
    def __init__(self) -> None:
        self.seen: Registered = {}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise AssertionError(f"no fixture calls {args.token}")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.seen[args.typ, args.name] = dict(args.inputs)
        return f"{args.name}-id", dict(args.inputs)


class _Monitor(mocks.MockMonitor):
    """Keeps the request as the SDK sent it: the mocks themselves see it with its secrets unwrapped."""

    def __init__(self, noting: _Noting) -> None:
        super().__init__(noting)
        self.inputs: Registered = {}

    def RegisterResource(self, request: Any) -> Any:
        self.inputs[request.type, request.name] = wire.decode(request.object)
        return super().RegisterResource(request)


def registered_under_mocks(program: Callable[[], None], project: str, stack: str) -> Registered:
    """Everything that the program registers but the stack."""
    noting = _Noting()
    monitor = _Monitor(noting)

    def run() -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            pulumi.runtime.set_mocks(noting, project=project, stack=stack, preview=True, monitor=monitor)
            loop.run_until_complete(run_pulumi_func(program))
        finally:
            loop.close()

    thread = threading.Thread(target=contextvars.Context().run, args=(run,))
    thread.start()
    thread.join()
    return {key: value for key, value in monitor.inputs.items() if key[0] != "pulumi:pulumi:Stack"}

"""Envoy's own control port: what it counts, and what it knows of its endpoints."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

__all__ = ["Administration", "EndpointHealth", "Unanswered", "endpoint_healths"]

_TIMEOUT = ClientTimeout(total=2.0)


class Unanswered(Exception):
    """It is starting, frozen or gone. Trying again may help."""


@dataclass(frozen=True)
class EndpointHealth:
    """What active health checks say of an endpoint. Attributes: is_pending: no check has ended yet."""

    is_healthy: bool
    is_pending: bool
    has_timed_out: bool


class Administration:
    """Args: address_file: where Envoy wrote the address of its control port."""

    def __init__(self, address_file: Path) -> None:
        self._address_file = address_file
        # aiohttp, for every load balancer asks its Envoys five times a second: httpx takes three times as long.
        self._http: ClientSession | None = None

    async def close(self) -> None:
        """Its connections are closed. It may be asked again."""
        if self._http:
            await self._http.close()
            self._http = None

    async def is_ready(self) -> bool:
        try:
            return (await self._ask("GET", "/ready")).strip() == "LIVE"
        except Unanswered:
            return False

    async def counters(self, pattern: str) -> Mapping[str, int]:
        """Counters and gauges whose names the pattern is found in.

        Raises: Unanswered
        """
        said = await self._ask("GET", f"/stats?filter={pattern}")
        return {name: int(value) for name, value in re.findall(r"^(\S+): (\d+)$", said, re.MULTILINE)}

    async def clusters(self) -> Mapping[str, Mapping[tuple[str, int], EndpointHealth]]:
        """By cluster, and by address and port.

        Raises: Unanswered
        """
        return endpoint_healths(json.loads(await self._ask("GET", "/clusters?format=json")))

    async def reopen_logs(self) -> None:
        await self._ask("POST", "/reopen_logs")

    async def _ask(self, method: str, path: str) -> str:
        if self._http is None:
            self._http = ClientSession(timeout=_TIMEOUT)
        try:
            where = self._address_file.read_text().strip()
            async with self._http.request(method, f"http://{where}{path}") as answer:
                said = await answer.text()
        except (OSError, ClientError) as error:
            raise Unanswered(f"{self._address_file.parent.name} does not answer: {error!r}") from error
        if not answer.ok:
            raise Unanswered(f"{self._address_file.parent.name} answers {answer.status} to {path}")
        return said


def endpoint_healths(document: Mapping[str, Any]) -> dict[str, dict[tuple[str, int], EndpointHealth]]:
    """Of the JSON that ``/clusters`` gives."""
    return {
        it["name"]: dict(_endpoints(it.get("host_statuses", ())))
        for it in document.get("cluster_statuses", ())
    }


def _endpoints(hosts: Iterable[Mapping[str, Any]]) -> Iterable[tuple[tuple[str, int], EndpointHealth]]:
    for host in hosts:
        place, health = host["address"]["socket_address"], host.get("health_status", {})
        failed = health.get("failed_active_health_check", False)
        pending = health.get("pending_active_hc", False)
        yield (
            (place["address"], place["port_value"]),
            EndpointHealth(not failed and not pending, pending, health.get("active_hc_timeout", False)),
        )

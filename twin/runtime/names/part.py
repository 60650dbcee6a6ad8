"""The part of the data plane that is Route 53: checkers that ask, and names that lead elsewhere."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx
from botocore.exceptions import ClientError

from twin.runtime.control_plane import UNCHANGED_SECONDS
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.ground import Ground
from twin.runtime.names.model import Check, Failover
from twin.runtime.names.plan import Lead, Sight, after, chosen, follow, is_well
from twin.runtime.names.reading import SERVICE, checks, failovers

__all__ = ["Entrances", "NamesPart"]

_log = logging.getLogger(__name__)

_CONNECT_SECONDS, _ANSWER_SECONDS = 4.0, 2.0
"""Source: Route 53 developer guide, "How Route 53 determines whether a health check is healthy"."""

_STATUS = "health-check-status"
_CHECKER_REGIONS = ("eu-west-1", "us-east-1", "us-west-2")
"""Regions that have checkers, one for each address that is asked. Source: Route 53 API reference,
HealthCheckConfig, Regions."""

_LOOK_SECONDS = 0.25
"""Between two looks, whatever the profile: a time to live and a check's interval are longer in each."""
_AGAIN_SECONDS = 0.5


class Entrances(Protocol):
    """What the load balancers tell of a region."""

    def ways_in(self, region: str) -> list[tuple[str, int]]:
        """Address and port of each node in the DNS answer, as somebody outside all zones reaches it."""
        ...

    def has_targets(self, region: str) -> bool:
        """Every target group that a rule leads to has a healthy target."""
        ...


class NamesPart:
    """Attributes: leads: where names lead, by name."""

    name = "names"

    def __init__(self, ground: Ground, entrances: Entrances) -> None:
        self._ground, self._entrances = ground, entrances
        self._region = ground.settings.regions[0].name
        self._checks: Mapping[str, Check] = {}
        self._failovers: tuple[Failover, ...] = ()
        self._sights: dict[str, Sight] = {}
        self.leads: dict[str, Lead] = {}

    def document(self) -> dict[str, Any]:
        """For the status: where each name leads, and how its health checks are."""
        return {
            "leads": {name: it.region for name, it in self.leads.items()},
            "checks": {
                id_: {**asdict(check), "is_well": is_well(check, self._sights.get(id_, Sight()))}
                for id_, check in self._checks.items()
            },
        }

    async def run(self) -> None:
        """Names lead where Route 53 would lead them, until cancelled."""
        async with (
            httpx.AsyncClient(
                timeout=httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS), trust_env=False
            ) as client,
            asyncio.TaskGroup() as group,
        ):
            group.create_task(self._read())
            group.create_task(self._ask(client))
            group.create_task(self._lead())

    async def _read(self) -> None:
        plane = self._ground.control_plane
        while True:
            before, wait = plane.seen.of((SERVICE,)), UNCHANGED_SECONDS
            try:
                await self._read_once()
            except (ControlPlaneAway, ClientError) as error:
                _log.info("names lead where they led: %s", error)
                wait = _AGAIN_SECONDS
            await plane.changed((SERVICE,), before, wait)
            await asyncio.sleep(self._ground.profile.seconds("declaration_look"))

    async def _read_once(self) -> None:
        """What is declared, unless another emulator is being filled: that one may not know of it yet."""
        plane = self._ground.control_plane
        with plane.looking() as seen:
            if not seen.is_settled and self._failovers:
                return
            found = await checks(plane, self._region), tuple(await failovers(plane, self._region))
        self._checks, self._failovers = found
        self._sights = {id_: it for id_, it in self._sights.items() if id_ in self._checks}
        self.leads = {it.name: self.leads[it.name] for it in self._failovers if it.name in self.leads}

    async def _ask(self, client: httpx.AsyncClient) -> None:
        """Every check has its own pace."""
        loop = asyncio.get_running_loop()
        due: dict[str, float] = {}
        while True:
            now = loop.time()
            ready = [it for it in self._checks.values() if due.get(it.id, now) <= now]
            due = {id_: at for id_, at in due.items() if id_ in self._checks}
            for it in ready:
                due[it.id] = now + self._ground.profile.declared(it.interval_seconds)
            await asyncio.gather(*(self._look(client, it) for it in ready))
            await asyncio.sleep(_LOOK_SECONDS)

    async def _look(self, client: httpx.AsyncClient, check: Check) -> None:
        """All addresses of the answer are asked, one by each checker."""
        ways = [] if check.is_disabled else self._entrances.ways_in(check.region)
        said = await asyncio.gather(*(_said(client, way, check.path) for way in ways))
        if not check.is_disabled:
            good = sum(it.startswith("Success") for it in said)
            before = self._sights.get(check.id, Sight())
            self._sights[check.id] = after(before, good, len(said), check.threshold)
        self._report(check, ways, said)

    def _report(self, check: Check, ways: Sequence[tuple[str, int]], said: Sequence[str]) -> None:
        observations = [
            {
                "Region": region,
                "IPAddress": address,
                "StatusReport": {"Status": words, "CheckedTime": datetime.now(UTC).isoformat()},
            }
            for region, (address, _), words in zip(_CHECKER_REGIONS, ways, said, strict=False)
        ]
        self._ground.control_plane.report(
            SERVICE, "aws-global", _STATUS, check.id, {"HealthCheckObservations": observations}
        )

    async def _lead(self) -> None:
        loop, profile = asyncio.get_running_loop(), self._ground.profile
        while True:
            well = {id_: is_well(it, self._sights.get(id_, Sight())) for id_, it in self._checks.items()}
            regions = {side.region for it in self._failovers for side in (it.primary, it.secondary)}
            targets = {it: self._entrances.has_targets(it) for it in regions}
            for it in self._failovers:
                wanted = chosen(it, well, targets)
                before = self.leads.get(it.name) or Lead(it.primary.region, it.primary.region, loop.time())
                lead = follow(before, wanted, loop.time(), profile.seconds("name_ttl"))
                self._tell(it, before, lead)
            await asyncio.sleep(_LOOK_SECONDS)

    def _tell(self, failover: Failover, before: Lead, lead: Lead) -> None:
        if lead.region != before.region:
            _log.info("%s leads to %s", failover.name, lead.region)
        self.leads[failover.name] = lead
        self._ground.directory.led.put(failover.primary.region, lead.region)


async def _said(client: httpx.AsyncClient, way: tuple[str, int], path: str) -> str:
    """In the words of GetHealthCheckStatus. Source: Route 53 API reference, StatusReport."""
    try:
        answer = await client.get(f"http://{way[0]}:{way[1]}{path}")
    except httpx.ConnectError:
        return "Failure: Connection refused."
    except httpx.HTTPError as error:
        return f"Failure: {type(error).__name__}."
    words = f"HTTP Status Code {answer.status_code}, {answer.reason_phrase}"
    return f"{'Success' if answer.status_code < 400 else 'Failure'}: {words}"

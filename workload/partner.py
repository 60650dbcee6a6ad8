"""Partners of the agency, and calls to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from workload.breaker import Breaker
from workload.clock import monotonic
from workload.known import Known
from workload.parameters import ParameterSource
from workload.settings import Settings
from workload.upstream import Transport, Upstream

__all__ = ["Partner", "Partners"]


@dataclass(frozen=True)
class Partner:
    """Attributes: kind: last part of the path below which its parameter is. settings: as stacks/partner.py writes."""

    name: str
    kind: str
    settings: Mapping[str, Any]

    @property
    def host(self) -> str:
        return str(self.settings["host"])


class Partners:
    """All partners of the kinds that this service may call."""

    def __init__(self, source: ParameterSource, settings: Settings, http: Transport, random: Random) -> None:
        self._source = source
        self._settings = settings
        self._http = http
        self._random = random
        self._known = Known(self._read)
        self._upstreams: dict[tuple[str, str], Upstream] = {}

    async def all(self) -> Mapping[str, Partner]:
        return await self._known.all()

    async def named(self, name: str) -> Partner | None:
        return await self._known.named(name)

    def upstream(self, partner: Partner) -> Upstream:
        """The way to the partner, with the breaker that its settings give; the same one for every call."""
        at = (partner.name, partner.host)
        if at not in self._upstreams:
            base_url = f"{self._settings.partner_scheme}://{partner.host}"
            self._upstreams[at] = Upstream(
                partner.name, base_url, self._http, self._random, _breaker(partner.settings)
            )
        return self._upstreams[at]

    def wait_seconds(self, name: str) -> float:
        """Until the partner is worth asking; none where it was never asked."""
        ways = (it for (partner, _), it in self._upstreams.items() if partner == name)
        return max((it.breaker.wait_seconds(monotonic()) for it in ways), default=0.0)

    async def _read(self) -> Mapping[str, Partner]:
        found: dict[str, Partner] = {}
        for path in self._settings.partners_paths:
            kind = path.rpartition("/")[2]
            for name, settings in (await self._source.below(path)).items():
                found[name] = Partner(name, kind, settings)
        return found


def _breaker(settings: Mapping[str, Any]) -> Breaker:
    own = settings.get("circuit_breaker", {})
    return Breaker(own.get("failures", 5), float(own.get("open_seconds", 30)))

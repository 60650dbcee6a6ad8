"""Whether another service answers."""

from workload.service import Probe
from workload.upstream import Upstream

__all__ = ["service_probe"]

ASK_SECONDS = 1.0


def service_probe(upstream: Upstream) -> Probe:
    """A probe that returns where the service answers, and raises DependencyAway where it does not."""

    async def probe() -> None:
        await upstream.call("GET", "/health", seconds=ASK_SECONDS)

    return probe

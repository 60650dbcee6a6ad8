"""What a task depends on, and whether it answers: asked by people and probes, never by a load balancer."""

import asyncio
from collections.abc import Mapping

from workload.degradation import Contract
from workload.exceptions import WorkloadError
from workload.service import Probe

__all__ = ["readiness"]

SECONDS = 2.0


async def readiness(probes: Mapping[str, Probe], contract: Contract) -> tuple[int, dict[str, object]]:
    """Status and document: 200 where every dependency answers."""
    states = await asyncio.gather(*(_state(probe) for probe in probes.values()))
    by_name = dict(zip(probes, states, strict=True))
    away = [name for name, state in by_name.items() if state != "answers"]
    document: dict[str, object] = {"ready": not away, "dependencies": by_name}
    return (503 if away else 200), contract.mark(document, away)


async def _state(probe: Probe) -> str:
    try:
        async with asyncio.timeout(SECONDS):
            await probe()
    except TimeoutError:
        return f"no answer within {SECONDS:g} s"
    except WorkloadError as error:
        return str(error)
    except Exception as error:
        return type(error).__name__
    return "answers"

"""Load balancers are measured by what their nodes log and see."""

import asyncio
from pathlib import Path

from tests.twin.runtime.metrics.test_balancing import BALANCER, GROUP
from tests.twin.runtime.metrics.test_requests import line
from twin.runtime.envoy.administration import Administration
from twin.runtime.load_balancer.model import Target
from twin.runtime.load_balancer.targets import Verdict
from twin.runtime.load_balancer.view import BalancerView, GroupView, NodeView
from twin.runtime.metrics.load_balancers import LoadBalancers
from twin.runtime.metrics.periods import Tick

TARGET = Target("127.0.1.80", 8080)


def _view(folder: Path) -> BalancerView:
    log = folder / "access.jsonl"
    node = NodeView(
        "eu-west-2a", log, Administration(folder / "nobody"), {("portal", TARGET): Verdict.UNHEALTHY}
    )
    group = GroupView(GROUP, "portal", {TARGET: "healthy"})
    return BalancerView("eu-west-2", BALANCER, {"eu-west-2a": log}, (group,), (node,))


def test_a_minute_has_what_was_logged_in_it_and_every_look_at_hosts(tmp_path: Path) -> None:
    log = tmp_path / "access.jsonl"
    log.write_bytes(line() + b"\n")

    async def test() -> list[dict[str, object]]:
        source, found = LoadBalancers(lambda: [_view(tmp_path)]), []
        for minute in range(2):
            await source.look(0.0)
            with log.open("ab") as file:
                file.write((line() + b"\n") * 3 * (minute + 1))
            await source.look(5.0)
            assert await source.read(Tick(40.0, 40.0, None)) == ()
            data = await source.read(Tick(60.0, 60.0, 0.0))
            found.append({it.name: it.values for it in data if "TargetGroup" in it.dimensions})
        return found

    first, second = asyncio.run(test())
    assert (first["RequestCount"], second["RequestCount"]) == (((1.0, 3),), ((1.0, 6),))
    assert first["UnHealthyHostCount"] == ((1.0, 2),)
    assert first["HealthyHostCount"] == ((0.0, 2),)


def test_without_load_balancers_nothing_is_measured() -> None:
    async def test() -> list[object]:
        source = LoadBalancers(list)
        await source.look(0.0)
        return list(await source.read(Tick(60.0, 60.0, 0.0)))

    assert asyncio.run(test()) == []

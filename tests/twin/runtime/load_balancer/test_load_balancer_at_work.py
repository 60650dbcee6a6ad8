"""Real nodes and a real edge in front of small targets."""

import asyncio

import httpx
import pytest

from tests.twin.runtime.fake_control_plane import FakeControlPlane
from tests.twin.runtime.load_balancer.declared import (
    GROUP,
    NOT_FOUND,
    PORTAL,
    REGION,
    ZONES,
    Balanced,
    answers,
    balanced,
    declare,
    forward,
    paths,
    until,
)
from tests.twin.runtime.origin import Origin
from twin.runtime.directory import TargetHealth
from twin.runtime.ground import Ground
from twin.runtime.zones import Link

pytestmark = pytest.mark.twin


def test_people_reach_every_target_through_the_edge(ground: Ground, control_plane: FakeControlPlane) -> None:
    async def scenario() -> None:
        async with balanced(ground, control_plane) as it:
            answers = [
                await it.client.get(f"{it.edge}/x", headers={"X-Request-Id": "mine"}) for _ in range(18)
            ]
            assert {answer.json()["address"] for answer in answers} == {task.address for task in it.tasks}
            headers = it.tasks[0].last
            block = ground.addresses.block
            assert headers["x-forwarded-for"].split(",")[-1].strip() == f"127.{block}.0.10"
            assert (headers["x-forwarded-proto"], headers["x-forwarded-port"]) == ("https", "443")
            assert headers["x-amzn-trace-id"].startswith("Root=1-")
            assert headers["x-request-id"] == "mine"
            assert it.tasks[0].peers == {f"127.{block}.{zone}.2" for zone in (1, 2, 3)}
            reported = control_plane.reports["elbv2", REGION, "target", f"{GROUP}|{it.tasks[0].address}|8080"]
            assert reported["Target"] == {
                "Id": it.tasks[0].address,
                "Port": 8080,
                "AvailabilityZone": ZONES[0],
            }
            assert reported["TargetHealth"] == {"State": "healthy"}
            await the_lanes(it)
            await a_killed_node_comes_back(it)

    asyncio.run(scenario())


async def the_lanes(it: Balanced) -> None:
    """Clients choose among the addresses; the next attempt's lane is the next address."""
    for lane in range(4):
        before = [watched_requests(it, zone) for zone in ZONES]
        answer = await it.client.get(f"{it.edge}/lane", headers={"Estate-Lane": str(lane)})
        assert answer.status_code == 200
        await until(lambda before=before: sum(watched_requests(it, zone) for zone in ZONES) > sum(before))
        after = [watched_requests(it, zone) for zone in ZONES]
        assert [b - a for a, b in zip(before, after, strict=True)] == [int(lane % 3 == n) for n in range(3)]


async def a_killed_node_comes_back(it: Balanced) -> None:
    """With what it was told last."""
    envoy = it.region.nodes[ZONES[0]].envoy
    next(p for p in it.ground.processes.running() if p.pid == envoy.pid).kill()
    await until(lambda: envoy.restarts == 1)
    async with asyncio.timeout(8):
        while not await answers(it.client, f"{it.node(ZONES[0])}/x"):
            await asyncio.sleep(0.05)


def watched_requests(it: Balanced, zone: str) -> int:
    log = it.ground.log("access", f"load-balancer-{zone}.jsonl")
    return log.read_text().count("/lane") if log.exists() else 0


def test_a_load_balancer_answers_as_aws_does_and_does_not_retry(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def scenario() -> None:
        async with balanced(ground, control_plane) as it:
            for task in it.tasks:
                task.is_broken = True
            answer = await it.client.get(f"{it.node(ZONES[0])}/x")
            assert (answer.status_code, answer.headers["server"]) == (502, "awselb/2.0")
            assert "502 Bad Gateway" in answer.text
            assert sum("/x" in head for task in it.tasks for head in task.requests) == 1
            for task in it.tasks:
                task.stop()
            await until(lambda: it.states() == ["unhealthy"] * 3)
            answer = await it.client.get(f"{it.node(ZONES[0])}/x")
            assert answer.status_code == 502, "all are unhealthy: it sends to them nevertheless"
            declare(control_plane, [])
            await until(lambda: it.states() == [None] * 3, 10)
            answer = await it.client.get(f"{it.node(ZONES[0])}/x")
            assert (answer.status_code, "503 Service" in answer.text) == (503, True)

    asyncio.run(scenario())


def test_an_unhealthy_target_is_told_with_its_reason_and_left_alone(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def scenario() -> None:
        async with balanced(ground, control_plane) as it:
            it.tasks[1].health_status = 503
            it.tasks[2].stop()
            await until(
                lambda: not any(healthy_at(it, zone, task) for zone in ZONES for task in it.tasks[1:])
            )
            await until(lambda: it.states() == ["healthy", "unhealthy", "unhealthy"])
            assert [it.health(task) for task in it.tasks[1:]] == [
                TargetHealth(
                    "unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [503]"
                ),
                TargetHealth("unhealthy", "Target.FailedHealthChecks", "Health checks failed"),
            ]
            answers = [await it.client.get(f"{it.edge}/x") for _ in range(12)]
            assert {answer.status_code for answer in answers} == {200}
            assert {answer.json()["address"] for answer in answers} == {it.tasks[0].address}

    asyncio.run(scenario())


def healthy_at(it: Balanced, zone: str, task: Origin) -> bool:
    seen = it.region.nodes[zone].seen["group-portal-8080"]
    return seen[task.address, task.port].is_healthy


def test_a_leaving_target_finishes_what_it_began_until_its_time_is_over(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def scenario() -> None:
        async with balanced(ground, control_plane) as it:
            for task in it.tasks:
                task.delay_seconds = 0.5
            short = [asyncio.create_task(it.client.get(f"{it.edge}/short")) for _ in range(9)]
            await until(lambda: sum("/short" in head for task in it.tasks for head in task.requests) == 9)
            leaving = it.tasks[0]
            leaving.delay_seconds = 60
            long = asyncio.create_task(long_request(it, leaving))
            await until(lambda: any("/long" in head for head in leaving.requests))
            began = len(leaving.requests)
            for task in it.tasks:
                task.delay_seconds = 0
            declare(control_plane, it.tasks[1:])
            await until(lambda: it.states()[0] == "draining")
            await asyncio.sleep(0.2)
            assert {(await it.client.get(f"{it.edge}/x")).json()["address"] for _ in range(9)} == {
                task.address for task in it.tasks[1:]
            }
            assert [answer.status_code for answer in await asyncio.gather(*short)] == [200] * 9
            assert len(leaving.requests) == began
            assert await long == 502, "the delay is over: what is under way is cut"
            assert it.states()[0] is None

    asyncio.run(scenario())


async def long_request(it: Balanced, leaving: Origin) -> int:
    """One that reaches the leaving target; the others answer at once."""
    while True:
        for task in it.tasks[1:]:
            task.delay_seconds = 0
        answer = await it.client.get(f"{it.node(ZONES[0])}/long", timeout=30)
        if answer.status_code != 200:
            return answer.status_code


def test_nothing_is_dropped_while_targets_rules_and_control_plane_change(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def scenario() -> None:
        async with balanced(ground, control_plane) as it:
            failures: list[str] = []
            counted = asyncio.create_task(steady(it, failures))
            more = [await Origin(ground.addresses.of(zone, 90)).start() for zone in ZONES]
            extra = {"Priority": "5", "Conditions": paths("/never/*"), "Actions": forward()}
            for targets, rules in (
                ([*it.tasks, *more], (PORTAL, NOT_FOUND)),
                ([*it.tasks[1:], *more], (extra, PORTAL, NOT_FOUND)),
                (more, (PORTAL, NOT_FOUND)),
                ([*it.tasks, *more], (extra, PORTAL, NOT_FOUND)),
            ):
                declare(control_plane, targets, rules)
                await asyncio.sleep(0.5)
            await another_control_plane(it, more)
            counted.cancel()
            assert failures == []
            assert it.part.problems == {}
            assert sum(len(task.requests) for task in more) > 0
            for task in more:
                task.stop()

    asyncio.run(scenario())


async def another_control_plane(it: Balanced, targets: list[Origin]) -> None:
    """It begins empty, is filled with other ARNs, and knows the targets only a little after it is settled."""
    it.plane.restart()
    it.plane.answers("elbv2", "describe_load_balancers", {}, REGION)
    it.plane.answers("elbv2", "describe_target_groups", {}, REGION)
    await asyncio.sleep(0.3)
    rules = ({**PORTAL, "Actions": forward("arn:new")}, NOT_FOUND)
    declare(it.plane, [], rules, TargetGroupArn="arn:new")
    it.plane.settle()
    await asyncio.sleep(0.3)
    declare(it.plane, targets, rules, TargetGroupArn="arn:new")
    await until(lambda: any(key[3].startswith("arn:new|") for key in it.plane.reports))
    assert it.region.nodes[ZONES[0]].envoy.restarts == 0


async def steady(it: Balanced, failures: list[str]) -> None:
    while True:
        try:
            answer = await it.client.get(f"{it.edge}/steady")
            if answer.status_code != 200:
                failures.append(f"{answer.status_code} {answer.text}")
        except httpx.HTTPError as error:
            failures.append(repr(error))
        await asyncio.sleep(0.005)


def test_a_zone_without_power_costs_attempts_to_connect_then_leaves_the_answer_and_comes_back(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def scenario() -> None:
        async with balanced(ground, control_plane) as it:
            lost = ZONES[0]
            ground.zones.change(lost, has_power=False)
            ground.processes.cut_power(lost)
            it.tasks[0].stop()
            await until(lambda: it.region.answer == ZONES[1:])
            await until(lambda: it.states() == ["unhealthy", "healthy", "healthy"])
            answers = [await it.client.get(f"{it.edge}/x", headers={"Estate-Lane": str(n)}) for n in range(6)]
            assert {answer.status_code for answer in answers} == {200}
            assert it.region.nodes[lost].envoy.pid is None
            await it.tasks[0].start()
            ground.zones.change(lost, has_power=True)
            await until(lambda: it.region.answer == ZONES and it.states() == ["healthy"] * 3, 15)

    asyncio.run(scenario())


def test_over_a_closed_link_connections_hang_and_what_was_under_way_stands_still(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def scenario() -> None:
        async with balanced(ground, control_plane) as it:
            cut_off, node = it.tasks[0], it.node(ZONES[1])
            cut_off.gate = asyncio.Event()
            under_way = [asyncio.create_task(it.client.get(f"{node}/under-way")) for _ in range(3)]
            await until(lambda: any("/under-way" in head for head in cut_off.requests))
            ground.zones.change(ZONES[0], boundary=Link(is_open=False))
            await until(lambda: bool(it.region.nodes[ZONES[1]].links.deaf))
            cut_off.gate.set()
            done, waiting = await asyncio.wait(under_way, timeout=0.5)
            assert (len(done), len(waiting)) == (2, 1), "the answer is on its way, and does not arrive"
            await until(lambda: it.states() == ["unhealthy", "healthy", "healthy"])
            assert it.health(cut_off) == TargetHealth("unhealthy", "Target.Timeout", "Request timed out")
            ground.zones.change(ZONES[0], boundary=Link())
            answer = await asyncio.wait_for(waiting.pop(), 8)
            assert answer.status_code == 200, "the link is open again: what was sent arrives"
            await until(lambda: it.states() == ["healthy"] * 3)

    asyncio.run(scenario())


def test_a_zonal_shift_leads_past_node_and_targets_of_the_zone(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def scenario() -> None:
        async with balanced(ground, control_plane) as it:
            ground.zones.change(ZONES[0], is_shifted_away=True)
            await until(lambda: it.region.answer == ZONES[1:])
            await until(lambda: not any(in_group(it, zone, it.tasks[0]) for zone in ZONES))
            answers_ = [await it.client.get(f"{it.edge}/x") for _ in range(12)]
            assert {answer.json()["address"] for answer in answers_} == {
                task.address for task in it.tasks[1:]
            }
            key = f"{GROUP}|{it.tasks[0].address}|8080"
            said = control_plane.reports["elbv2", REGION, "target", key]
            assert said["AdministrativeOverride"]["State"] == "zonal_shift_active"
            assert said["TargetHealth"] == {"State": "healthy"}
            ground.zones.change(ZONES[0], is_shifted_away=False)
            await until(lambda: it.region.answer == ZONES)

    asyncio.run(scenario())


def in_group(it: Balanced, zone: str, task: Origin) -> bool:
    return (task.address, task.port) in it.region.nodes[zone].seen["group-portal-8080"]

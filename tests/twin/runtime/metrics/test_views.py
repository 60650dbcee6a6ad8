"""What load balancers, tasks and control plane tell the metrics, and take from them."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from tests.twin.runtime.fake_control_plane import FakeControlPlane
from tests.twin.runtime.tasks.estate import TINY, Estate
from twin.aws.emulator.monitoring.series import Datum as Published
from twin.aws.emulator.published_data import read_datum
from twin.runtime.directory import TargetHealth, TargetKey
from twin.runtime.ground import Ground
from twin.runtime.load_balancer.model import LoadBalancer, Target, TargetGroup
from twin.runtime.load_balancer.part import LoadBalancerPart
from twin.runtime.load_balancer.targets import Known, Phase, Sight, Verdict
from twin.runtime.metrics.datum import Datum
from twin.runtime.tasks.declared import task_definition_of
from twin.runtime.tasks.part import TaskPart

GROUP = "arn:aws:elasticloadbalancing:eu-west-2:123456789012:targetgroup/portal/1"
STAYS, LEAVES = Target("127.0.1.80", 8080), Target("127.0.2.80", 8080)


def _node(verdict: Verdict, seen_at: float) -> Any:
    envoy = SimpleNamespace(access_log=Path("access"), administration=None, pid=1)
    return SimpleNamespace(
        envoy=envoy,
        sight=lambda _cluster, _at: Sight(verdict),
        has_answered_since=lambda moment: seen_at >= moment,
    )


def test_a_load_balancer_shows_its_targets_and_how_each_node_that_answers_finds_them(ground: Ground) -> None:
    region = LoadBalancerPart(ground).regions["eu-west-2"]
    assert region.view(100.0) is None
    group = TargetGroup(GROUP, "portal", "eu-west-2", True, "round_robin", 0, 300, True, None)
    unused = TargetGroup(f"{GROUP}2", "unused", "eu-west-2", False, "round_robin", 0, 300, True, None)
    region.balancer = LoadBalancer("arn", "estate", "eu-west-2", ("eu-west-2a", "eu-west-2b"), ())
    region.groups = [group, unused]
    region.known = {
        ("portal", STAYS): Known(Phase.SERVING, 0.0),
        ("portal", LEAVES): Known(Phase.DRAINING, 0.0, 400.0),
    }
    region.nodes = cast(
        Any, {"eu-west-2a": _node(Verdict.UNHEALTHY, 100.0), "eu-west-2b": _node(Verdict.HEALTHY, 0.0)}
    )
    for target, state in ((STAYS, "healthy"), (LEAVES, "draining")):
        key = TargetKey(GROUP, target.address, target.port)
        ground.directory.target_health.put(key, TargetHealth(state))
    view = region.view(100.0)
    assert view
    assert [(it.name, it.states) for it in view.groups] == [("portal", {STAYS: "healthy"})]
    assert [it.zone for it in view.nodes] == ["eu-west-2a"]
    assert view.nodes[0].verdicts[("portal", STAYS)] is Verdict.UNHEALTHY
    assert sorted(view.access_logs) == ["eu-west-2a", "eu-west-2b"]


def test_services_show_their_tasks_and_deployments(ground: Ground, control_plane: FakeControlPlane) -> None:
    async def test() -> list[Any]:
        estate = Estate(ground, control_plane)
        estate.declare("portal", estate.define("portal"), 0)
        part = TaskPart(ground, TINY)
        work = asyncio.create_task(part.run())
        async with asyncio.timeout(10):
            while not part.staffing():
                await asyncio.sleep(0.01)
        found = [(it.service.key.name, it.tasks, it.running, it.deployments) for it in part.staffing()]
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        return found

    assert asyncio.run(test()) == [("portal", (), 0, 1)]


def test_a_container_knows_the_log_group_that_is_declared() -> None:
    logs = {"logDriver": "awslogs", "options": {"awslogs-group": "/estate/case"}}
    documents = [{"name": "case", "logConfiguration": logs}, {"name": "case"}]
    found = [
        task_definition_of(
            {"taskDefinitionArn": "arn", "family": "case", "containerDefinitions": [it]}, "eu-west-2"
        ).main.log_group
        for it in documents
    ]
    assert found == ["/estate/case", None]


def test_the_emulator_takes_a_datum_as_it_is_told() -> None:
    told = Datum(
        "eu-west-2", "AWS/ECS", "CPUUtilization", "Percent", {"A": "1"}, 60.0, ((1.0, 3), (5.0, 1)), 1
    )
    taken: Published = read_datum(told.document())
    assert (taken.metric.region, taken.metric.name, taken.at) == ("eu-west-2", "CPUUtilization", 60.0)
    assert taken.metric.dimensions == (("A", "1"),)
    assert (taken.sample.count, taken.sample.total, taken.unit, taken.resolution_seconds) == (
        4,
        8,
        "Percent",
        1,
    )

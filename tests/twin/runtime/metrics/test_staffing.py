"""AWS/ECS and ECS/ContainerInsights of services."""

from dataclasses import replace

from tests.twin.runtime.tasks.sample import KEY, service
from twin.runtime.metrics.service_settings import Monitoring
from twin.runtime.metrics.staffing import CPU, MEMORY, Sample, insights, short_utilisation, utilisation
from twin.runtime.tasks.model import ServiceKey, Staffing

USUAL = Monitoring({}, frozenset({("eu-west-2", "estate")}))
SHORT = replace(USUAL, short={KEY: frozenset({CPU})})
WHERE = {"ClusterName": "estate", "ServiceName": "portal"}
SAMPLES = [Sample(KEY, 50.0, 20.0), Sample(KEY, 70.0, 20.0), Sample(KEY, None, None)]


def test_each_task_is_a_datum_and_one_that_says_nothing_is_none() -> None:
    found = [(it.name, it.dimensions, it.values, it.unit) for it in utilisation(SAMPLES, USUAL, 60.0)]
    assert found == [
        (CPU, WHERE, ((50.0, 1), (70.0, 1)), "Percent"),
        (MEMORY, WHERE, ((20.0, 2),), "Percent"),
    ]
    assert list(short_utilisation(SAMPLES, USUAL, 60.0)) == []


def test_a_metric_that_is_monitored_every_20_seconds_comes_so_and_not_by_the_minute() -> None:
    assert [(it.name, it.resolution) for it in short_utilisation(SAMPLES, SHORT, 60.0)] == [(CPU, 1)]
    assert [(it.name, it.resolution) for it in utilisation(SAMPLES, SHORT, 60.0)] == [(MEMORY, 60)]


def _staffing(running: int, key: ServiceKey = KEY) -> Staffing:
    return Staffing(service(3, key=key), (), running, pending=3 - running, deployments=1)


def test_counts_of_tasks_are_those_of_all_looks() -> None:
    found = {
        it.name: (it.namespace, it.dimensions, it.values)
        for it in insights([[_staffing(1)], [_staffing(3)], [_staffing(3)]], USUAL, 60.0)
    }
    assert found == {
        "RunningTaskCount": ("ECS/ContainerInsights", WHERE, ((1.0, 1), (3.0, 2))),
        "DesiredTaskCount": ("ECS/ContainerInsights", WHERE, ((3.0, 3),)),
        "PendingTaskCount": ("ECS/ContainerInsights", WHERE, ((0.0, 2), (2.0, 1))),
        "DeploymentCount": ("ECS/ContainerInsights", WHERE, ((1.0, 3),)),
    }


def test_nothing_is_sent_of_a_service_without_running_tasks_or_a_cluster_without_insights() -> None:
    elsewhere = replace(KEY, cluster="plain")
    assert list(insights([[_staffing(0), _staffing(2, elsewhere)]], USUAL, 60.0)) == []

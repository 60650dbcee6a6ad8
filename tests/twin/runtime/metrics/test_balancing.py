"""AWS/ApplicationELB has AWS's names, dimensions and silences."""

from typing import Any

from twin.runtime.load_balancer.model import Target
from twin.runtime.load_balancer.targets import Verdict
from twin.runtime.load_balancer.view import GroupView, Hosts, NodeView, hosts
from twin.runtime.metrics.balancing import GroupMinute, Minute, data, dimension
from twin.runtime.metrics.datum import Datum
from twin.runtime.metrics.load_balancers import connections
from twin.runtime.metrics.requests import Request, Traffic, count

ARN = "arn:aws:elasticloadbalancing:eu-west-2:123456789012:"
BALANCER, GROUP = f"{ARN}loadbalancer/app/estate/50dc", f"{ARN}targetgroup/portal/73e2"
LB, TG = {"LoadBalancer": "app/estate/50dc"}, {"TargetGroup": "targetgroup/portal/73e2"}
A, B = {"AvailabilityZone": "eu-west-2a"}, {"AvailabilityZone": "eu-west-2b"}


def _traffic(*requests: Request) -> Traffic:
    traffic = Traffic()
    for it in requests:
        count(traffic, it)
    return traffic


def _found(minute: Minute, name: str) -> dict[tuple[tuple[str, str], ...], Any]:
    def key(datum: Datum) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(datum.dimensions.items()))

    return {key(it): it.values for it in data(minute, 60.0) if it.name == name}


def _key(*dimensions: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({name: it for part in dimensions for name, it in part.items()}.items()))


def _busy() -> Minute:
    good, bad = (
        Request("portal", 200, True, target_seconds=0.02),
        Request("portal", 500, True, target_seconds=1.5),
    )
    minute = Minute("eu-west-2", BALANCER)
    minute.traffic["eu-west-2a", "portal"] = _traffic(good, good, bad)
    minute.traffic["eu-west-2b", "portal"] = _traffic(good)
    minute.traffic["eu-west-2b", None] = _traffic(Request(None, 503, False))
    minute.groups["portal"] = GroupMinute(GROUP, {}, registered=3, healthy=2)
    return minute


def test_requests_are_told_by_load_balancer_group_and_zone() -> None:
    assert _found(_busy(), "RequestCount") == {
        _key(LB): ((1.0, 4),),
        _key(LB, A): ((1.0, 3),),
        _key(LB, B): ((1.0, 1),),
        _key(LB, TG): ((1.0, 4),),
        _key(LB, TG, A): ((1.0, 3),),
        _key(LB, TG, B): ((1.0, 1),),
    }


def test_the_targets_errors_and_the_load_balancers_own_are_told_apart() -> None:
    assert _found(_busy(), "HTTPCode_Target_5XX_Count")[_key(LB, TG)] == ((1.0, 1),)
    assert _found(_busy(), "HTTPCode_ELB_5XX_Count") == {_key(LB): ((1.0, 1),), _key(LB, B): ((1.0, 1),)}
    assert _found(_busy(), "HTTPCode_ELB_503_Count") == {_key(LB): ((1.0, 1),), _key(LB, B): ((1.0, 1),)}


def test_answer_times_are_a_distribution_in_seconds() -> None:
    assert _found(_busy(), "TargetResponseTime")[_key(LB, TG)] == ((0.02, 3), (1.5, 1))


def test_requests_by_target_count_healthy_ones_and_registered_ones_where_none_is() -> None:
    minute = _busy()
    assert _found(minute, "RequestCountPerTarget")[_key(TG)] == ((2.0, 1),)
    assert _found(minute, "RequestCountPerTarget")[_key(LB, TG)] == ((2.0, 1),)
    minute.groups["portal"].healthy = 0
    assert _found(minute, "RequestCountPerTarget")[_key(TG)] == ((4 / 3, 1),)


def test_without_requests_nothing_is_told_but_the_hosts() -> None:
    minute = Minute("eu-west-2", BALANCER)
    looks = {"eu-west-2a": [Hosts(2, 0), Hosts(1, 1)], "eu-west-2b": [Hosts(2, 0)]}
    minute.groups["portal"] = GroupMinute(GROUP, looks, registered=2, healthy=2)
    assert {it.name for it in data(minute, 60.0)} == {"HealthyHostCount", "UnHealthyHostCount"}
    assert _found(minute, "UnHealthyHostCount") == {
        _key(LB, TG): ((0.0, 2), (1.0, 1)),
        _key(LB, TG, A): ((0.0, 1), (1.0, 1)),
        _key(LB, TG, B): ((0.0, 1),),
    }


def test_without_registered_targets_no_hosts_are_told() -> None:
    minute = Minute("eu-west-2", BALANCER)
    minute.groups["portal"] = GroupMinute(GROUP, {"eu-west-2a": [Hosts(0, 0)]}, registered=0)
    assert data(minute, 60.0) == []


def test_connections_are_told_where_there_are_any() -> None:
    minute = Minute("eu-west-2", BALANCER, connections={"eu-west-2a": (5.0, 0.0), "eu-west-2b": (0.0, 0.0)})
    assert [(it.name, dict(it.dimensions), it.values) for it in data(minute, 60.0)] == [
        ("ActiveConnectionCount", LB, ((5.0, 1),)),
        ("ActiveConnectionCount", {**A, **LB}, ((5.0, 1),)),
    ]


def test_connections_are_those_of_people_and_targets() -> None:
    said = {
        "listener.127.0.1.2_8443.downstream_cx_active": 3,
        "listener.127.0.1.2_8443.worker_0.downstream_cx_active": 3,
        "listener.127.0.1.2_9000.downstream_cx_active": 1,
        "listener.admin.downstream_cx_active": 1,
        "listener.127.0.1.2_8443.downstream_cx_total": 10,
        "cluster.group-portal.upstream_cx_active": 4,
        "cluster.group-portal.upstream_cx_total": 9,
        "cluster.probation-portal.upstream_cx_active": 1,
    }
    assert connections(said) == (7.0, 19.0)


def test_a_node_sees_hosts_for_itself_and_new_and_leaving_ones_are_neither() -> None:
    states = ["healthy", "healthy", "unhealthy", "initial"]
    targets = [Target(f"127.0.1.{80 + number}", 8080) for number in range(4)]
    group = GroupView(GROUP, "portal", dict(zip(targets, states, strict=True)))
    verdicts = {("portal", targets[0]): Verdict.UNHEALTHY, ("portal", targets[3]): Verdict.UNHEALTHY}
    node = NodeView("eu-west-2a", None, None, verdicts)  # type: ignore[arg-type]
    assert hosts(group, node) == Hosts(healthy=1, unhealthy=2)


def test_dimensions_are_the_ends_of_arns() -> None:
    assert (dimension(BALANCER), dimension(GROUP)) == (LB["LoadBalancer"], TG["TargetGroup"])

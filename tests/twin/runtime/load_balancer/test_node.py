"""A node's and the edge's configuration, piece by piece."""

from pathlib import Path

from twin.runtime.load_balancer.edge import EdgePlace, edge
from twin.runtime.load_balancer.listening import NodePlace
from twin.runtime.load_balancer.model import HealthCheck, Listener, LoadBalancer, Rule, Target, TargetGroup
from twin.runtime.load_balancer.node import Share, node
from twin.runtime.load_balancer.reading import statuses

CHECK = HealthCheck("/health", None, ((200, 200),), 5, 4, 2, 3)
FORWARD = Rule(10, (), ({"Type": "forward", "TargetGroupArn": "arn"},))
HSTS = "routing.http.response.strict_transport_security.header_value"
LISTENER = Listener(
    "listener", 443, "HTTPS", (FORWARD,), {HSTS: "max-age=1", "routing.http.response.server.enabled": "false"}
)
BALANCER = LoadBalancer("balancer", "estate", "eu-west-2", ("a", "b"), (LISTENER,))
PLACE = NodePlace("a", "127.0.1.2", Path("/access"), Path("/events"), 0.5)
A, B = Target("127.0.1.80", 8080), Target("127.0.2.80", 8080)


def zone_of(target: Target) -> str:
    return {"1": "a", "2": "b"}[target.address.split(".")[2]]


def group(*, crosses_zones: bool = True) -> TargetGroup:
    return TargetGroup("arn", "portal", "eu-west-2", True, "round_robin", 30, 30, crosses_zones, CHECK)


def configured(share: Share, *, crosses_zones: bool = True):
    groups = [group(crosses_zones=crosses_zones)]
    return node(BALANCER, groups, {"portal": share}, lambda it: it, zone_of, PLACE)[0]


def addresses(assignment) -> list[str]:
    return [
        it["endpoint"]["address"]["socket_address"]["address"]
        for some in assignment["endpoints"]
        for it in some["lb_endpoints"]
    ]


def test_a_group_is_balanced_without_retry_fails_open_at_the_last_and_starts_slowly() -> None:
    made = configured(Share()).clusters["group-portal"]
    assert made["lb_policy"] == "ROUND_ROBIN"
    assert made["connect_timeout"] == "10.000s"
    assert made["common_lb_config"] == {
        "healthy_panic_threshold": {"value": 1},
        "update_merge_window": "0s",
    }
    assert made["round_robin_lb_config"]["slow_start_config"]["slow_start_window"] == "15.000s"
    check = made["health_checks"][0]
    assert (check["interval"], check["timeout"]) == ("2.500s", "2.000s")
    assert (check["healthy_threshold"], check["unhealthy_threshold"]) == (2, 3)
    assert "retry_policy" not in str(configured(Share()).routes)


def test_a_new_target_needs_one_good_check() -> None:
    assert configured(Share()).clusters["probation-portal"]["health_checks"][0]["healthy_threshold"] == 1


def test_a_node_sends_to_all_zones_unless_the_group_does_not_cross_them() -> None:
    share = Share((A, B))
    assert addresses(configured(share).endpoints["group-portal"]) == [A.address, B.address]
    own = configured(share, crosses_zones=False).endpoints["group-portal"]
    assert addresses(own) == [A.address]


def test_targets_on_probation_are_checked_and_get_nothing() -> None:
    made = configured(Share(serving=(A,), checked=(B,)))
    assert addresses(made.endpoints["group-portal"]) == [A.address]
    assert addresses(made.endpoints["probation-portal"]) == [B.address]


def test_a_held_target_is_not_checked() -> None:
    told = configured(Share(serving=(A,), held=frozenset({A}))).endpoints["group-portal"]
    (one,) = told["endpoints"][0]["lb_endpoints"]
    assert one["endpoint"]["health_check_config"] == {"disable_active_health_check": True}


def test_headers_that_the_listener_declares_are_added_and_the_server_is_not_named() -> None:
    made = configured(Share())
    (hsts,) = made.routes["port-443"]["response_headers_to_add"]
    assert hsts["header"] == {"key": "strict-transport-security", "value": "max-age=1"}
    assert "awselb" not in str(made.listeners)


def test_the_edge_tries_the_addresses_of_the_answer_in_the_order_of_the_lane() -> None:
    place = EdgePlace("127.0.0.10", Path("/access"), 1, 1)
    made = edge(("a", "c"), ("a", "b", "c"), 8443, lambda zone, port: (f"node-{zone}", port), place)
    assert {name: addresses(it) for name, it in made.endpoints.items()} == {
        "any": ["node-a", "node-c"],
        "lane-0": ["node-a", "node-c"],
        "lane-1": ["node-c", "node-a"],
        "probe": ["node-a", "node-b", "node-c"],
    }
    routes = made.routes["edge"]["virtual_hosts"][0]["routes"]
    assert [it["route"]["cluster"] for it in routes] == ["lane-0", "lane-1", "any"]
    assert {it["route"]["retry_policy"]["retry_on"] for it in routes} == {"connect-failure"}
    assert [it["route"]["retry_policy"]["num_retries"] for it in routes] == [1, 1, 1]
    numbers = routes[1]["match"]["headers"][0]["string_match"]["safe_regex"]["regex"].split("|")
    assert numbers[:3] == ["1", "3", "5"]


def test_a_matcher_is_a_list_of_ranges() -> None:
    assert statuses("200,202-299, 404") == ((200, 200), (202, 299), (404, 404))

"""What the pieces of Envoy's configuration look like."""

import pytest

from twin.runtime.envoy.fragments import assignment, bootstrap, endpoint, header, http_health_check


@pytest.mark.parametrize(
    ("good", "expected", "retriable"),
    [
        pytest.param([(200, 200)], [(200, 201)], [(100, 200), (201, 600)], id="one"),
        pytest.param(
            [(200, 200), (302, 399)], [(200, 201), (302, 400)], [(100, 200), (201, 302), (400, 600)], id="two"
        ),
        pytest.param(
            [(200, 299), (250, 399)], [(200, 300), (250, 400)], [(100, 200), (400, 600)], id="overlap"
        ),
    ],
)
def test_every_status_that_is_not_wanted_is_one_failure_and_no_more(
    good: list[tuple[int, int]], expected: list[tuple[int, int]], retriable: list[tuple[int, int]]
) -> None:
    check = http_health_check(
        path="/health", statuses=good, interval_seconds=5, timeout_seconds=4, healthy=2, unhealthy=3
    )
    assert check == {
        "interval": "5.000s",
        "no_traffic_interval": "5.000s",
        "timeout": "4.000s",
        "healthy_threshold": 2,
        "unhealthy_threshold": 3,
        "reuse_connection": False,
        "http_health_check": {
            "path": "/health",
            "expected_statuses": [{"start": start, "end": end} for start, end in expected],
            "retriable_statuses": [{"start": start, "end": end} for start, end in retriable],
        },
    }


def test_an_endpoint_says_its_zone_and_where_it_is_checked() -> None:
    plain = endpoint("127.0.1.80", 8080, zone="eu-west-2a")
    assert plain == {
        "endpoint": {"address": {"socket_address": {"address": "127.0.1.80", "port_value": 8080}}},
        "metadata": {"filter_metadata": {"estate": {"zone": "eu-west-2a"}}},
    }
    elsewhere = endpoint("127.0.1.80", 8080, check=("127.0.1.80", 9090))["endpoint"]
    assert elsewhere["health_check_config"] == {
        "address": {"socket_address": {"address": "127.0.1.80", "port_value": 9090}}
    }
    held = endpoint("127.0.1.80", 8080, is_checked=False)["endpoint"]
    assert held["health_check_config"] == {"disable_active_health_check": True}


def test_tiers_come_one_after_the_other() -> None:
    first, second = endpoint("127.0.1.2", 1), endpoint("127.0.2.2", 1)
    assert assignment("lane", [first], [second])["endpoints"] == [
        {"priority": 0, "lb_endpoints": [first]},
        {"priority": 1, "lb_endpoints": [second]},
    ]
    assert assignment("empty")["endpoints"] == []


def test_connections_come_from_its_own_address_and_its_control_port_is_elsewhere() -> None:
    told = bootstrap("node", "eu-west-2a", "eu-west-2", ("127.0.1.2", "127.0.0.30"), 18_000)
    assert told["cluster_manager"]["upstream_bind_config"]["source_address"]["address"] == "127.0.1.2"
    assert told["admin"]["address"] == {"socket_address": {"address": "127.0.0.30", "port_value": 0}}
    (supervisor,) = told["static_resources"]["clusters"]
    (some,) = supervisor["load_assignment"]["endpoints"]
    assert some["lb_endpoints"][0]["endpoint"]["address"] == {
        "socket_address": {"address": "127.0.0.30", "port_value": 18_000}
    }


def test_a_percent_sign_in_a_header_stands_for_itself() -> None:
    assert header("x", "100%")["header"] == {"key": "x", "value": "100%%"}

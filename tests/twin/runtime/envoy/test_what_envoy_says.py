"""What is read of Envoy's own words."""

import json
from pathlib import Path
from typing import Any

import pytest

from twin.runtime.envoy.administration import EndpointHealth, endpoint_healths
from twin.runtime.envoy.health_events import Cause, Failure, HealthEvents


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param({"eds_health_status": "HEALTHY"}, EndpointHealth(True, False, False), id="healthy"),
        pytest.param(
            {"failed_active_health_check": True, "active_hc_timeout": True},
            EndpointHealth(False, False, True),
            id="timed out",
        ),
        pytest.param(
            {"failed_active_health_check": True, "pending_active_hc": True},
            EndpointHealth(False, True, False),
            id="not yet checked",
        ),
    ],
)
def test_the_health_of_an_endpoint(status: dict[str, Any], expected: EndpointHealth) -> None:
    place = {"socket_address": {"address": "127.0.1.80", "port_value": 8080}}
    document = {
        "cluster_statuses": [
            {"name": "group", "host_statuses": [{"address": place, "health_status": status}]}
        ]
    }
    assert endpoint_healths(document) == {"group": {("127.0.1.80", 8080): expected}}


def event(**what: Any) -> str:
    place = {"socket_address": {"address": "127.0.1.80", "port_value": 8080}}
    return json.dumps({"host": place, "cluster_name": "group", **what}) + "\n"


def test_the_cause_of_a_failure_is_known_until_the_endpoint_is_healthy_again(tmp_path: Path) -> None:
    path, key = tmp_path / "events", ("group", "127.0.1.80", 8080)
    events = HealthEvents(path)
    assert events.read() == {}
    path.write_text(event(health_check_failure_event={"failure_type": "NETWORK", "first_check": True}))
    assert events.read() == {key: Cause(Failure.NETWORK)}
    with path.open("a") as file:
        file.write(event(eject_unhealthy_event={"http_status_code": 503}))
    assert events.read() == {key: Cause(Failure.MISMATCH, 503)}
    with path.open("a") as file:
        file.write(event(add_healthy_event={})[:-10])
    assert events.read() == {key: Cause(Failure.MISMATCH, 503)}, "half a line is no line yet"
    with path.open("a") as file:
        file.write(event(add_healthy_event={})[-10:])
    assert events.read() == {}


def test_another_file_under_the_name_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "events"
    events = HealthEvents(path)
    path.write_text(event(eject_unhealthy_event={"failure_type": "NETWORK_TIMEOUT"}) * 3)
    events.read()
    (tmp_path / "new").write_text(event(eject_unhealthy_event={"failure_type": "NETWORK"}))
    (tmp_path / "new").replace(path)
    assert set(events.read().values()) == {Cause(Failure.NETWORK)}

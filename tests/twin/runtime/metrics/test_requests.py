"""A load-balancer node's access log is counted as an ALB counts."""

import json
from typing import Any

import pytest

from twin.runtime.metrics.requests import Request, Traffic, count, merged, read


def line(**members: Any) -> bytes:
    usual = {
        "elb": "estate",
        "node_zone": "eu-west-2a",
        "target_group": "group-portal",
        "target": "127.0.1.80:8080",
        "elb_status_code": 200,
        "details": "via_upstream",
        "flags": "-",
        "first_byte_ms": 31,
        "request_processing_ms": 1,
    }
    return json.dumps({**usual, **members}).encode()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(line(), Request("portal", 200, True, target_seconds=0.03), id="answered"),
        pytest.param(
            line(elb_status_code=503),
            Request("portal", 503, True, target_seconds=0.03),
            id="the target's 503",
        ),
        pytest.param(
            line(elb_status_code=502, details="upstream_reset", flags="UF", first_byte_ms=None),
            Request("portal", 502, False, has_connection_error=True),
            id="a refused connection",
        ),
        pytest.param(
            line(elb_status_code=503, details="no_healthy_upstream", flags="UH", first_byte_ms=None),
            Request(None, 503, False),
            id="no target could be chosen",
        ),
        pytest.param(
            line(elb_status_code=404, details="direct_response", target_group=None, first_byte_ms=None),
            Request(None, 404, False, is_fixed=True),
            id="a fixed response",
        ),
        pytest.param(
            line(elb_status_code=0, details="downstream_remote_disconnect", flags="DC", first_byte_ms=None),
            Request("portal", 460, False),
            id="the client went away",
        ),
        pytest.param(b'{"elb_status_code": 2', None, id="half a line"),
        pytest.param(b"", None, id="no line"),
    ],
)
def test_a_line_is_a_request(given: bytes, expected: Request | None) -> None:
    assert read(given) == expected


def test_traffic_of_several_nodes_is_one() -> None:
    one, other = Traffic(), Traffic()
    for it in (line(), line(elb_status_code=500), line(elb_status_code=502, details="x", flags="UF")):
        found = read(it)
        assert found
        count(one, found)
        count(other, found)
    whole = merged([one, other])
    assert (whole.requests, dict(whole.from_targets), dict(whole.from_balancer)) == (
        6,
        {200: 2, 500: 2},
        {502: 2},
    )
    assert (whole.connection_errors, dict(whole.seconds)) == (2, {0.03: 4})
    assert one.requests == 3

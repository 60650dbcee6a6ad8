"""Calls that the network let nobody begin are read from the access log."""

import json
from datetime import UTC, datetime

from twin.runtime.egress.blocked_calls import blocked_ways
from twin.runtime.network.blocked import MOST_WAYS, Blocked, BlockedWay

AT = datetime(2026, 11, 22, 12, 0, 0, 250_000, UTC).timestamp()


def line(**said: object) -> bytes:
    given = {
        "caller": "case",
        "host": "sqs.eu-west-2.amazonaws.com",
        "route": "blocked",
        "time": "2026-11-22T12:00:00.250000Z",
    }
    return json.dumps(given | said, separators=(",", ":")).encode()


def test_only_those_of_closed_routes_are_told_and_half_a_line_tells_nothing() -> None:
    lines = [line(), line(route=None), line(host="case:8080"), line()[:-9], b""]
    assert list(blocked_ways("a", lines)) == [
        (BlockedWay("case", "a", "sqs.eu-west-2.amazonaws.com"), AT),
        (BlockedWay("case", "a", "case"), AT),
    ]


def test_tries_are_counted_by_way_and_the_latest_is_first() -> None:
    blocked, case, portal = Blocked(), BlockedWay("case", "a", "h"), BlockedWay("portal", "b", "h")
    for at, way in enumerate((case, portal, case)):
        blocked.note(way, at)
    assert [(it["service"], it["zone"], it["count"], it["at"]) for it in blocked.document()] == [
        ("case", "a", 2, 2),
        ("portal", "b", 1, 1),
    ]


def test_the_oldest_are_forgotten() -> None:
    blocked = Blocked()
    for number in range(MOST_WAYS + 1):
        blocked.note(BlockedWay("case", "a", str(number)), number)
    kept = blocked.document()
    assert (len(kept), kept[-1]["destination"]) == (MOST_WAYS, "1")

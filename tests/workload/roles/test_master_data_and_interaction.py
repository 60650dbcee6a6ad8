"""Master data and interaction without the writer of their database."""

from typing import Any

from tests.workload.served import Served, served
from tests.workload.world import AwayDatabase, World
from workload.app import application
from workload.roles import interaction, master_data
from workload.service import Service


class _At:
    """A time as PostgreSQL gives it."""

    def isoformat(self) -> str:
        return "2026-01-01T00:00:00+00:00"


def _ask(role: Any, name: str, replica: Any, *request: Any, **arguments: Any) -> tuple[int, dict[str, Any]]:
    frame = World(name).frame({"core": AwayDatabase("core", replica)})

    def answer(app: Served) -> tuple[int, dict[str, Any]]:
        got = app.request(*request, **arguments)
        return got.status_code, got.json()

    with served(application(frame, Service(role.make(frame).operations))) as app:
        return answer(app)


KEY = {"Idempotency-Key": "k-1"}


def test_facts_come_from_a_replica_with_their_age() -> None:
    rows = [("address", "1 High Street", 2, _At())]
    status, document = _ask(master_data, "master-data", rows, "GET", "/facts/c-1")
    assert status == 200
    assert document["facts"]["address"] == {"value": "1 High Street", "version": 2, "at": _At().isoformat()}
    assert (document["age_seconds"], document["degraded"][0]["dependency"]) == (3.0, "core")


def test_facts_are_not_changed() -> None:
    status, document = _ask(
        master_data, "master-data", [], "PUT", "/facts/c-1/address", json={"value": "x"}, headers=KEY
    )
    assert (status, document["degraded"][0]["dependency"]) == (503, "core")


def test_a_note_that_cannot_be_kept_is_to_be_entered_again() -> None:
    note = {"channel": "telephone", "text": "called"}
    status, document = _ask(
        interaction, "interaction", [], "POST", "/contact/a-1/notes", json=note, headers=KEY
    )
    assert (status, document["error"], document["enter_again"]) == (503, "enter-again", ["k-1"])


def test_notes_come_from_a_replica_with_their_age() -> None:
    rows = [("n-1", "post", {"text": "wrote"}, _At())]
    status, document = _ask(interaction, "interaction", rows, "GET", "/contact/a-1/notes")
    assert (status, [it["note_id"] for it in document["notes"]], document["age_seconds"]) == (
        200,
        ["n-1"],
        3.0,
    )


def test_without_sessions_people_are_asked_again_who_they_are() -> None:
    status, document = _ask(
        interaction, "interaction", [], "POST", "/contact/sessions", json={"client_reference": "c-1"}
    )
    assert (status, document["known"], document["degraded"][0]["dependency"]) == (200, False, "sessions")


def test_an_unknown_channel_is_refused() -> None:
    status, _ = _ask(
        interaction,
        "interaction",
        [],
        "POST",
        "/contact/a-1/notes",
        json={"channel": "pigeon"},
        headers=KEY,
    )
    assert status == 422

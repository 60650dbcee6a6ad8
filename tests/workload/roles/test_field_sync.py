"""What devices recorded comes to its case once."""

import asyncio
import base64
from typing import Any

import pytest

from tests.workload.world import World, message
from workload.exceptions import DependencyAway, Refused, TryLater
from workload.roles.field_sync import Changes

PHOTO = {"name": "photo", "content_base64": base64.b64encode(b"bytes").decode()}


def _change(number: int, **more: Any) -> dict[str, Any]:
    return {
        "change_id": f"ch-{number}",
        "application_id": "a-1",
        "kind": "visit",
        "content": {"n": number},
    } | more


def _world() -> World:
    world = World("field-sync", queues={"field-changes": "https://q"})
    world.http.hosts = {"case": lambda *_: (201, {}), "documents": lambda *_: (201, {})}
    return world


def _take(world: World, document: dict[str, Any]) -> None:
    frame = world.frame()
    changes = Changes(frame.service("case"), frame.service("documents"), frame.log)
    asyncio.run(changes.take(message(document)))


def _sent(world: World, host: str) -> list[tuple[str, str | None]]:
    return [(path, key) for _, called, path, key, _ in world.http.calls if called == host]


def test_a_batch_is_brought_to_cases_each_change_with_its_own_key() -> None:
    world = _world()
    _take(world, {"changes": [_change(1), _change(2)]})
    assert _sent(world, "case") == [("/cases/a-1/notes", "ch-1"), ("/cases/a-1/notes", "ch-2")]


def test_attachments_go_to_documents_before_their_change() -> None:
    world = _world()
    _take(world, _change(1, attachments=[PHOTO]))
    hosts = [host for _, host, _, _, _ in world.http.calls]
    assert hosts == ["documents", "case"]
    assert _sent(world, "documents") == [("/evidence/a-1", "ch-1/photo")]


def test_without_documents_changes_are_synced_and_attachments_stay_on_the_device() -> None:
    world = _world()
    world.http.away.add("documents")
    _take(world, _change(1, attachments=[PHOTO]))
    (body,) = [body for _, host, _, _, body in world.http.calls if host == "case"]
    assert body["attachments_on_device"] == ["photo"]


def test_without_cases_changes_stay_in_their_queue() -> None:
    world = _world()
    world.http.away.add("case")
    with pytest.raises(DependencyAway):
        _take(world, _change(1))


@pytest.mark.parametrize(("status", "error"), [(404, TryLater), (422, Refused)])
def test_a_change_that_case_does_not_take(status: int, error: type[Exception]) -> None:
    """A case that is not known yet may be soon; what is refused ends with the dead letters."""
    world = _world()
    world.http.hosts["case"] = lambda *_: (status, {})
    with pytest.raises(error):
        _take(world, _change(1))

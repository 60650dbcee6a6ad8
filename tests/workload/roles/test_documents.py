"""Evidence is taken in while its index is away, and filed afterwards."""

from typing import Any

from tests.workload.served import served
from tests.workload.world import AwayDatabase, World
from workload.app import application
from workload.roles import documents
from workload.service import Service


def _world() -> World:
    return World(
        "documents",
        buckets={"evidence": "evidence", "case-documents": "filed"},
        queues={"document-scans": "https://scans"},
    )


def _send(world: World, content: bytes = b"a letter") -> tuple[int, dict[str, Any]]:
    frame = world.frame({"sensitive": AwayDatabase("sensitive", [])})
    with served(application(frame, Service(documents.make(frame).operations))) as app:
        answer = app.post("/evidence/a-1?name=x", content=content, headers={"Idempotency-Key": "k-1"})
        return answer.status_code, answer.json()


def test_without_the_index_a_document_is_kept_and_queued_with_all_that_the_index_needs() -> None:
    world = _world()
    status, document = _send(world)
    assert (status, document["degraded"][0]["dependency"]) == (202, "sensitive")
    assert world.aws.texts("evidence") == {f"a-1/{document['document_id']}": "a letter"}
    (queued,) = world.aws.sent["https://scans"]
    assert (queued["document_id"], queued["name"], queued["size_bytes"]) == (document["document_id"], "x", 8)


def test_without_index_and_queue_nothing_is_acknowledged() -> None:
    world = _world()
    world.aws.away.add("document-scans")
    assert _send(world)[0] == 503


def test_the_same_key_has_the_same_document_whether_the_index_is_there_or_not() -> None:
    world = _world()
    assert _send(world)[1]["document_id"] == _send(world)[1]["document_id"]


def test_another_document_under_the_key_is_refused_without_the_index_too() -> None:
    world = _world()
    _send(world)
    status, document = _send(world, b"another")
    assert (status, document["error"]) == (422, "key-used")


def test_an_empty_document_is_refused() -> None:
    assert _send(_world(), b"")[0] == 400


def test_lists_come_from_a_replica_with_their_age() -> None:
    frame = _world().frame({"sensitive": AwayDatabase("sensitive", [])})
    with served(application(frame, Service(documents.make(frame).operations))) as app:
        document = app.get("/documents?application=a-1").json()
    assert (document["documents"], document["age_seconds"]) == ([], 3.0)
    assert document["degraded"][0]["dependency"] == "sensitive"

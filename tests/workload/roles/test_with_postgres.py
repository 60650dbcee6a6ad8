"""Roles that keep something in a database, against a real one: once each, whatever is repeated."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.workload.postgres import Postgres, postgres
from tests.workload.served import Served, served
from tests.workload.world import World
from workload.app import application
from workload.consumer import Consumer
from workload.documents import Document
from workload.documents.scan import HARMFUL
from workload.exceptions import DependencyAway
from workload.roles import documents, interaction, master_data
from workload.service import Service
from workload.settings import DatabasePlace

pytestmark = pytest.mark.twin

READY_SECONDS = 15
ROLES = {"master-data": master_data, "interaction": interaction, "documents": documents}
STORES: dict[str, dict[str, Any]] = {
    "master-data": {"streams": {"events": "events"}},
    "interaction": {},
    "documents": {
        "buckets": {"evidence": "evidence", "case-documents": "filed"},
        "queues": {"document-scans": "https://scans"},
    },
}


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    # PostgreSQL may run as a user who cannot enter pytest's own folders.
    folder = Path(tempfile.mkdtemp(prefix="estate-roles-"))
    folder.chmod(0o755)
    try:
        with postgres(folder, ("master_data", "interaction", "documents")) as running:
            yield running
    finally:
        shutil.rmtree(folder)


class Task:
    """One task of a role. Workers are turned by hand."""

    def __init__(self, world: World, app: Served, service: Service) -> None:
        self.world = world
        self.app = app
        self._service = service

    def take_queue(self) -> None:
        """One batch of the role's queue."""
        (consumer,) = [it for it in self._service.workers if isinstance(it, Consumer)]
        self.app.runner.run(consumer.run_once())

    def until(self, is_so: Callable[[], Any]) -> Any:
        """What it says, once it says something. Loops go on meanwhile."""
        end = time.monotonic() + READY_SECONDS
        while not (found := is_so()):
            assert time.monotonic() < end, "It did not become so in time."
            self.app.runner.run(asyncio.sleep(0.02))
        return found


@contextmanager
def _task(server: Postgres, role: str) -> Iterator[Task]:
    database = "sensitive" if role == "documents" else "core"
    place = DatabasePlace(server.host, server.host, server.port)
    world = World(role, databases={database: place}, **STORES[role])
    world.settings = replace(world.settings, connection_budget=100)
    world.http.hosts["case"] = lambda *_: (201, {})
    frame = world.frame()
    service = ROLES[role].make(frame)
    with served(application(frame, Service(service.operations, service.loops))) as app:
        task = Task(world, app, service)
        task.until(lambda: _is_ready(app, service, database))
        yield task


def _is_ready(app: Served, service: Service, database: str) -> bool:
    async def probe() -> None:
        await service.probes[database]()

    try:
        app.runner.run(probe())
    except DependencyAway:
        return False
    return True


def _key(key: str) -> dict[str, Any]:
    return {"headers": {"Idempotency-Key": key}}


@pytest.fixture(scope="module")
def facts(server: Postgres) -> Iterator[Task]:
    with _task(server, "master-data") as task:
        yield task


@pytest.fixture(scope="module")
def contact(server: Postgres) -> Iterator[Task]:
    with _task(server, "interaction") as task:
        yield task


@pytest.fixture(scope="module")
def evidence(server: Postgres) -> Iterator[Task]:
    with _task(server, "documents") as task:
        yield task


def _change(task: Task, client: str, value: str, key: str) -> httpx.Response:
    return task.app.put(f"/facts/{client}/address", json={"value": value}, **_key(key))


def test_each_change_of_a_fact_has_the_next_version(facts: Task) -> None:
    versions = [_change(facts, "c-1", f"{n} High Street", f"k-{n}").json()["version"] for n in (1, 2)]
    read = facts.app.get("/facts/c-1").json()
    assert versions == [1, 2]
    assert (read["facts"]["address"]["value"], read["facts"]["address"]["version"]) == ("2 High Street", 2)


def test_a_repeated_change_is_made_once_and_announced_once(facts: Task) -> None:
    answers = [_change(facts, "c-2", "1 High Street", "again").json() for _ in range(3)]
    assert answers == [{"client_reference": "c-2", "name": "address", "version": 1}] * 3
    announced = facts.until(lambda: [it for it in facts.world.aws.records if it["type"] == "fact.changed"])
    assert len({it["id"] for it in announced}) == len(announced)
    assert "c-2" not in str(announced)


def test_a_key_that_was_used_for_another_change_is_refused(facts: Task) -> None:
    _change(facts, "c-3", "one", "used")
    assert _change(facts, "c-3", "other", "used").json()["error"] == "key-used"
    assert facts.app.get("/facts/c-3").json()["facts"]["address"]["value"] == "one"


def test_the_same_change_from_many_at_once_is_made_once(facts: Task) -> None:
    async def all_at_once() -> list[int]:
        sent = [
            facts.app.send("PUT", "/facts/c-4/address", json={"value": "x"}, **_key("many")) for _ in range(8)
        ]
        return [it.json()["version"] for it in await asyncio.gather(*sent)]

    assert facts.app.runner.run(all_at_once()) == [1] * 8


def test_of_an_unknown_client_nothing_is_known(facts: Task) -> None:
    assert facts.app.get("/facts/nobody").json() == {"client_reference": "nobody", "facts": {}}


def _note(task: Task, key: str, text: str = "called") -> httpx.Response:
    note = {"channel": "telephone", "text": text}
    return task.app.post("/contact/a-1/notes", json=note, **_key(key))


def test_a_note_is_kept_once_and_filed_with_the_case(contact: Task) -> None:
    assert [_note(contact, "n-1").status_code for _ in range(2)] == [201, 201]
    filed = contact.until(lambda: [it for it in contact.world.http.calls if it[3] == "n-1"])
    assert filed[0][:4] == ("POST", "case", "/cases/a-1/notes", "n-1")
    notes = contact.app.get("/contact/a-1/notes").json()["notes"]
    assert [it["note_id"] for it in notes] == ["n-1"]


def test_a_note_with_a_used_key_is_refused(contact: Task) -> None:
    _note(contact, "n-2")
    assert _note(contact, "n-2", "another").json()["error"] == "key-used"


def test_while_cases_are_away_notes_are_kept_and_filed_later(contact: Task) -> None:
    contact.world.http.away.add("case")
    assert _note(contact, "n-3").status_code == 201
    contact.until(lambda: [it for it in contact.world.http.calls if it[3] == "n-3"])
    contact.world.http.away.clear()
    before = len(contact.world.http.calls)
    contact.until(lambda: [it for it in contact.world.http.calls[before:] if it[3] == "n-3"])


def _send(task: Task, application_id: str, content: bytes, key: str) -> httpx.Response:
    return task.app.post(f"/evidence/{application_id}?name=scan.pdf", content=content, **_key(key))


def _listed(task: Task, application_id: str) -> tuple[list[str], int]:
    document = task.app.get(f"/documents?application={application_id}").json()
    return [it["state"] for it in document["documents"]], document["waiting"]


def _scanned(task: Task) -> None:
    task.until(lambda: task.world.aws.sent.get("https://scans"))
    task.take_queue()


def test_a_document_is_shown_once_it_was_scanned(evidence: Task) -> None:
    answers = [_send(evidence, "a-1", b"a letter", "d-1") for _ in range(2)]
    assert [it.status_code for it in answers] == [201, 201]
    assert _listed(evidence, "a-1") == ([], 1)
    document_id = answers[0].json()["document_id"]
    assert evidence.app.get(f"/documents/a-1/{document_id}").status_code == 409
    _scanned(evidence)
    assert _listed(evidence, "a-1") == (["filed"], 0)
    assert evidence.app.get(f"/documents/a-1/{document_id}").content == b"a letter"
    assert evidence.app.get(f"/documents/a-2/{document_id}").status_code == 404


def test_a_harmful_document_is_put_apart(evidence: Task) -> None:
    document_id = _send(evidence, "a-3", b"x" + HARMFUL, "d-1").json()["document_id"]
    _scanned(evidence)
    assert _listed(evidence, "a-3") == (["quarantined"], 0)
    assert evidence.app.get(f"/documents/a-3/{document_id}").status_code == 409
    assert f"a-3/{document_id}" not in evidence.world.aws.texts("filed")


def test_a_document_that_was_taken_in_without_the_index_is_filed_from_the_queue(evidence: Task) -> None:
    document = Document.received("a-7", "d-1", "scan.pdf", b"a letter", "2026-01-01T00:00:00+00:00")
    evidence.world.aws.objects["evidence", document.key] = (b"a letter", {})
    for _ in range(2):
        evidence.world.aws.sent["https://scans"] = [document.to_message()]
        evidence.take_queue()
    assert _listed(evidence, "a-7") == (["filed"], 0)
    assert evidence.world.aws.sent["https://scans"] == []


def test_another_document_under_a_used_key_is_refused(evidence: Task) -> None:
    _send(evidence, "a-4", b"one", "d-1")
    assert _send(evidence, "a-4", b"other", "d-1").json()["error"] == "key-used"


def test_without_case_documents_the_evidence_itself_is_shown(evidence: Task) -> None:
    document_id = _send(evidence, "a-5", b"a letter", "d-1").json()["document_id"]
    evidence.until(lambda: _listed(evidence, "a-5")[0] or evidence.take_queue())
    evidence.world.aws.away.add("case-documents")
    try:
        assert evidence.app.get(f"/documents/a-5/{document_id}").content == b"a letter"
    finally:
        evidence.world.aws.away.clear()


def test_without_evidence_new_documents_are_refused_with_a_time_to_try_again(evidence: Task) -> None:
    evidence.world.aws.away.add("evidence")
    try:
        answer = _send(evidence, "a-6", b"x", "d-1")
    finally:
        evidence.world.aws.away.clear()
    assert (answer.status_code, answer.json()["error"], answer.headers["Retry-After"]) == (
        503,
        "no-evidence-now",
        "10",
    )

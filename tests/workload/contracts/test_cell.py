"""What a cell does without each of its dependencies."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from tests.workload.contracts.stores import FakeApplications, FakeBucket
from tests.workload.contracts.task import Task, in_task, key
from tests.workload.fakes import FakeQueue
from twin.runtime.profile import PROFILES
from workload.benefits import Benefit, sweep_once, take
from workload.client.rule import OperationRule
from workload.drafts import WaitingDrafts
from workload.exceptions import DependencyAway
from workload.rate_limit import RateLimit
from workload.receipts import Receipts
from workload.roles.cell import STORED_SECONDS, Cell

PATH = "/benefits/child-payment/applications"
APPLICATION = {"client_reference": "AB123456C", "answers": {"health": "private"}}


@dataclass
class _Counter:
    """A cache in memory."""

    is_away: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    async def increment(self, key: str, seconds: float) -> int:
        if self.is_away:
            raise DependencyAway("cache", "gone")
        self.counts[key] = self.counts.get(key, 0) + 1
        return self.counts[key]

    async def get(self, key: str) -> str | None:
        if self.is_away:
            raise DependencyAway("cache", "gone")
        return self.notes.get(key)

    async def set(self, key: str, value: str, seconds: float) -> None:
        if self.is_away:
            raise DependencyAway("cache", "gone")
        self.notes[key] = value


class _Benefits(dict[str, Benefit]):
    async def named(self, slug: str) -> Benefit | None:
        return self.get(slug)


class World:
    def __init__(self, task: Task) -> None:
        self.task = task
        self.applications = FakeApplications("database")
        self.queue = FakeQueue()
        self.away: list[str] = []
        self.counter = _Counter()
        benefit = Benefit(
            "child-payment", "Child Payment", self.applications, self.queue, away=lambda: self.away
        )
        self.cell = Cell(task.frame, _Benefits({"child-payment": benefit}))  # pyright: ignore
        self.cell._limit = RateLimit(self.counter, 60)
        self.cell._receipts = Receipts(self.counter)
        self.bucket = FakeBucket("drafts")
        self.cell._waiting = WaitingDrafts(self.bucket, task.frame.log)
        task.transport.routes["http://case:8080"] = 404


def _world(test: Callable[[World, httpx.AsyncClient], Awaitable[None]]) -> None:
    async def whole(task: Task) -> None:
        world = World(task)
        async with task.asks(world.cell.operations()) as client:
            await test(world, client)

    in_task("cell", whole)


def test_with_everything_there_an_application_is_stored_once_and_answered_the_same() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        first = await client.post(PATH, json=APPLICATION, headers=key())
        again = await client.post(PATH, json=APPLICATION, headers=key())
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert "degraded" not in first.json()
        assert len(world.applications.stored) == 1
        assert len(world.queue.waiting) == 0

    _world(test)


def test_operations_of_a_benefit_are_counted_and_what_is_only_read_about_it_is_not() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        await client.post(PATH, json=APPLICATION, headers=key())
        await client.get("/benefits/child-payment")
        totals = world.task.frame.metrics.totals
        assert totals["Operations{Benefit=child-payment}"] == 1

    _world(test)


def test_a_key_for_another_application_is_refused() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        await client.post(PATH, json=APPLICATION, headers=key())
        got = await client.post(PATH, json=APPLICATION | {"answers": {}}, headers=key())
        assert (got.status_code, got.json()["error"]) == (422, "key-used")
        missing = await client.post(PATH, json=APPLICATION)
        assert (missing.status_code, missing.json()["error"]) == (400, "idempotency-key-missing")
        unknown = await client.post("/benefits/other/applications", json=APPLICATION, headers=key())
        assert (unknown.status_code, unknown.json()["error"]) == (404, "unknown-benefit")

    _world(test)


def test_without_the_database_it_accepts_into_the_queue_and_stores_once_afterwards() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.applications.is_away = True
        got = await client.post(PATH, json=APPLICATION, headers=key())
        again = await client.post(PATH, json=APPLICATION, headers=key())
        assert (got.status_code, got.json()["state"]) == (202, "accepted")
        assert got.json()["degraded"] == world.task.clause("database")
        assert got.json()["application_id"] == again.json()["application_id"]
        world.applications.is_away = False
        asked = await client.get(f"{PATH}/{got.json()['application_id']}")
        assert (asked.status_code, asked.json()["state"]) == (200, "accepted")
        for message in await world.queue.receive():
            await take(world.applications, message, lambda: None, world.task.frame)
        assert list(world.applications.stored) == [got.json()["application_id"]]
        stored = await client.post(PATH, json=APPLICATION, headers=key())
        assert stored.status_code == 201
        assert stored.json()["received_at"] == got.json()["received_at"]

    _world(test)


def test_while_something_waits_to_be_stored_no_application_is_said_not_to_exist() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.applications.is_away = world.counter.is_away = True
        got = await client.post(PATH, json=APPLICATION, headers=key())
        path = f"{PATH}/{got.json()['application_id']}"
        without_writer = await client.get(path)
        world.applications.is_away = False
        waiting = await client.get(path)
        for answer in (without_writer, waiting):
            assert (answer.status_code, answer.json()["state"]) == (200, "not-known-yet")
            assert answer.json()["degraded"] == world.task.clause("database")
        world.queue.waiting.clear()
        assert (await client.get(path)).status_code == 404

    _world(test)


def test_what_is_stored_between_two_looks_is_not_said_not_to_exist() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.applications.is_away = world.counter.is_away = True
        got = await client.post(PATH, json=APPLICATION, headers=key())
        world.applications.is_away = False

        async def empty_by_now() -> int:
            for message in await world.queue.receive():
                await take(world.applications, message, lambda: None, world.task.frame)
            return 0

        world.queue.length = empty_by_now
        answer = await client.get(f"{PATH}/{got.json()['application_id']}")
        assert (answer.status_code, answer.json()["application_id"]) == (200, got.json()["application_id"])

    _world(test)


def test_where_the_writer_goes_between_two_looks_nothing_is_said_not_to_exist() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.applications.is_away = world.counter.is_away = True
        got = await client.post(PATH, json=APPLICATION, headers=key())
        world.applications.is_away = False

        async def empty_and_the_writer_gone() -> int:
            world.applications.is_away = True
            return 0

        world.queue.length = empty_and_the_writer_gone
        answer = await client.get(f"{PATH}/{got.json()['application_id']}")
        assert (answer.status_code, answer.json()["state"]) == (200, "not-known-yet")

    _world(test)


def test_without_the_database_a_draft_is_accepted_and_an_older_one_never_overwrites_a_newer() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        path = "/benefits/child-payment/drafts/draft-0001"
        world.applications.is_away = True
        old = await client.put(path, json={"page": 1})
        assert (old.status_code, old.json()["degraded"]) == (202, world.task.clause("database"))
        world.applications.is_away = False
        assert (await client.put(path, json={"page": 2})).status_code == 200
        for message in await world.queue.receive():
            await take(world.applications, message, lambda: None, world.task.frame)
        assert (await client.get(path)).json()["content"] == {"page": 2}

    _world(test)


def test_a_draft_that_waits_to_be_stored_is_given_back_as_it_was_last_saved() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        new, known = (f"/benefits/child-payment/drafts/draft-000{it}" for it in (1, 2))
        await client.put(known, json={"page": 1})
        world.applications.is_away = True
        for page in (2, 3):
            await client.put(new, json={"page": page})
        await client.put(known, json={"page": page})
        for path in (new, known):
            got = await client.get(path)
            assert (got.status_code, got.json()["content"]) == (200, {"page": 3})
            assert got.json()["degraded"] == world.task.clause("database")
        world.applications.is_away = False
        got = await client.get(new)
        assert (got.status_code, got.json()["content"]) == (200, {"page": 3})

        await client.put(new, json={"page": 4})
        world.applications.is_away = True
        assert (await client.get(new)).json()["content"] == {"page": 4}

    _world(test)


def test_while_a_draft_waits_unseen_it_is_not_said_not_to_exist() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        path = "/benefits/child-payment/drafts/draft-0001"
        world.applications.is_away = world.bucket.is_away = True
        saved = await client.put(path, json={"page": 1})
        assert (saved.status_code, saved.json()["degraded"]) == (202, world.task.clause("database", "drafts"))
        without_writer = await client.get(path)
        world.applications.is_away = False
        waiting = await client.get(path)
        for answer in (without_writer, waiting):
            assert (answer.status_code, answer.json()["error"]) == (503, "not-known-yet")
            assert answer.headers["retry-after"] == str(STORED_SECONDS)
        for message in await world.queue.receive():
            await take(world.applications, message, lambda: None, world.task.frame)
        assert (await client.get(path)).json()["content"] == {"page": 1}
        assert (await client.get(path.replace("0001", "0002"))).status_code == 404

    _world(test)


def test_who_comes_back_when_the_answer_says_outlasts_a_failover_of_the_writer() -> None:
    rule, elapsed = OperationRule(), 0.0
    for attempts in (1, 2, 3):
        wait = rule.wait_seconds(attempts, elapsed, float(STORED_SECONDS), lambda: 0.0)
        assert wait is not None
        elapsed += wait
    assert elapsed > PROFILES["aws"].seconds("database_failover")


def test_without_the_database_a_status_is_read_from_a_replica_and_bears_its_age() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        id_ = (await client.post(PATH, json=APPLICATION, headers=key())).json()["application_id"]
        world.applications.is_away = True
        got = await client.get(f"{PATH}/{id_}")
        assert (got.json()["age_seconds"], got.json()["degraded"]) == (1.5, world.task.clause("database"))

    _world(test)


def test_without_the_queue_applications_are_stored_at_once() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.queue.is_away = True
        assert (await client.post(PATH, json=APPLICATION, headers=key())).status_code == 201

    _world(test)


def test_without_queue_and_database_an_application_is_refused_with_a_time_to_come_back() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.queue.is_away = world.applications.is_away = True
        got = await client.post(PATH, json=APPLICATION, headers=key())
        assert (got.status_code, got.json()["error"], got.headers["retry-after"]) == (
            503,
            "cannot-store",
            "2",
        )
        assert got.json()["degraded"] == world.task.clause("database", "queue")

    _world(test)


def test_without_the_cache_nothing_is_limited_and_the_answer_says_so() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.counter.is_away = True
        answers = [await client.post(PATH, json=APPLICATION, headers=key(f"key-{it}")) for it in range(70)]
        assert {it.status_code for it in answers} == {201}
        assert answers[0].json()["degraded"] == world.task.clause("cache")
        world.counter.is_away = False
        limited = [await client.post(PATH, json=APPLICATION, headers=key(f"more-{it}")) for it in range(61)]
        assert [it.status_code for it in limited] == [201] * 60 + [429]

    _world(test)


def test_without_case_applications_are_accepted_and_their_status_is_what_the_cell_knows() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.task.transport.routes["http://case:8080"] = ConnectionRefusedError("gone")
        world.away = ["case"]
        got = await client.post(PATH, json=APPLICATION, headers=key())
        assert (got.status_code, got.json()["degraded"]) == (201, world.task.clause("case"))
        status = await client.get(f"{PATH}/{got.json()['application_id']}")
        assert (status.json()["state"], status.json()["degraded"]) == ("received", world.task.clause("case"))

    _world(test)


def test_without_decision_and_documents_nothing_changes_for_it_never_asks_them() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        got = await client.post(PATH, json=APPLICATION, headers=key())
        assert got.status_code == 201
        assert {"decision", "documents"} <= set(world.task.contract)
        assert not [it for it in world.task.transport.sent if "decision" in it[1] or "documents" in it[1]]

    _world(test)


def test_what_topic_and_bus_do_not_take_is_said_and_kept() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.away = ["applications", "agency"]
        got = await client.post(PATH, json=APPLICATION, headers=key())
        assert (got.status_code, got.json()["degraded"]) == (201, world.task.clause("applications", "agency"))

    _world(test)


def test_what_case_lost_is_sent_again_and_what_it_has_is_not() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        ids = [
            (await client.post(PATH, json=APPLICATION, headers=key(f"k{it}"))).json()["application_id"]
            for it in range(2)
        ]
        world.task.transport.routes["http://case:8080"] = {"states": {ids[0]: "paid"}}
        assert await sweep_once(world.applications, world.task.frame.service("case")) == 1
        assert (world.applications.sent_again, world.applications.known) == ([ids[1]], {ids[0]: "paid"})

    _world(test)

"""Partners that answer at once: what the exchange says with and without them."""

import pytest

from tests.workload.exchange.conftest import DOMAIN, ask
from tests.workload.served import Served
from tests.workload.world import World, refused


def test_a_partner_is_asked_with_its_credentials_and_its_answer_is_told(world: World, tasks: Served) -> None:
    status, document = ask(tasks, "dwp")
    assert (status, document["outcome"], document["source"]) == (200, "confirmed", "partner")
    assert world.http.headers[-1]["Authorization"] == "Bearer s3cret"


def test_a_partner_that_is_away_is_answered_for_from_what_it_confirmed(world: World, tasks: Served) -> None:
    ask(tasks, "dwp")
    world.http.away.add(f"dwp.{DOMAIN}")
    status, document = ask(tasks, "dwp")
    assert (status, document["outcome"], document["source"]) == (200, "confirmed", "cached")
    assert [it["dependency"] for it in document["degraded"]] == ["government"]


def test_a_partner_that_is_away_and_confirmed_nothing_is_said_to_be_away(world: World, tasks: Served) -> None:
    world.http.away.add(f"dwp.{DOMAIN}")
    answer = tasks.post("/partners/dwp/checks", json={"check": "income", "client_reference": "c-1"})
    assert (answer.status_code, answer.json()["error"]) == (429, "partner-away")
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_partner_that_is_away_does_not_make_the_exchange_look_broken(world: World, tasks: Served) -> None:
    """Callers and the mesh count 5xx against the exchange, which other partners need."""
    world.http.away.add(f"dwp.{DOMAIN}")
    assert {ask(tasks, "dwp", f"c-{number}")[0] // 100 for number in range(10)} == {4}


def test_what_was_confirmed_of_one_client_says_nothing_of_another(world: World, tasks: Served) -> None:
    ask(tasks, "dwp", "c-1")
    world.http.away.add(f"dwp.{DOMAIN}")
    assert ask(tasks, "dwp", "c-2")[0] == 429


def test_one_partner_that_is_away_takes_no_other_along(world: World, tasks: Served) -> None:
    world.http.away.add(f"dwp.{DOMAIN}")
    for number in range(5):
        ask(tasks, "dwp", f"c-{number}")
    assert ask(tasks, "nrs")[0] == 200


def test_an_open_breaker_spares_the_partner(world: World, tasks: Served) -> None:
    world.http.away.add(f"dwp.{DOMAIN}")
    for number in range(5):
        ask(tasks, "dwp", f"c-{number}")
    assert len(world.http.calls) == 2


def test_calls_beyond_the_budget_are_not_made(world: World, tasks: Served) -> None:
    statuses = [ask(tasks, "nrs", f"c-{number}")[0] for number in range(3)]
    assert statuses == [200, 429, 429]
    assert len(world.http.calls) == 1


def test_a_partner_that_asks_to_wait_is_left_alone(world: World, tasks: Served) -> None:
    world.http.hosts[f"dwp.{DOMAIN}"] = lambda *_: (429, {})
    assert [ask(tasks, "dwp", f"c-{number}")[0] for number in range(3)] == [429, 429, 429]
    assert len(world.http.calls) == 1


def test_a_partner_that_nobody_knows_is_not_found(tasks: Served) -> None:
    status, document = ask(tasks, "nobody")
    assert (status, document["error"]) == (404, "unknown-partner")


@pytest.mark.parametrize("body", [{}, {"check": "income"}, {"check": 1, "client_reference": "c"}])
def test_a_question_that_is_none_is_refused(tasks: Served, body: object) -> None:
    assert tasks.post("/partners/dwp/checks", json=body).status_code == 422


def test_a_secret_without_a_value_is_complained_of_and_the_partner_is_asked(
    world: World, tasks: Served
) -> None:
    world.aws.secrets.clear()
    assert ask(tasks, "dwp")[0] == 200
    assert "Authorization" not in world.http.headers[-1]


def test_a_secret_that_may_not_be_read_keeps_the_partner_from_being_asked(
    world: World, tasks: Served
) -> None:
    world.aws.secrets["arn:dwp"] = refused("AccessDeniedException")
    status, document = ask(tasks, "dwp")
    assert (status, "AccessDeniedException" in document["message"]) == (429, True)
    assert world.http.calls == []

"""Two twins run on one machine, and neither has anything of the other."""

import os
import signal
import uuid
from collections.abc import Iterator

import pytest

from tests.twin.estate.command import Twin, taken_away
from tests.twin.estate.live import (
    APPLICATIONS,
    ask,
    client,
    exports,
    fault,
    healthy,
    state_of,
    submit,
    supervisor,
    until,
)
from twin.runtime.processes import marked

pytestmark = [pytest.mark.twin, pytest.mark.full]


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Twin, Twin]]:
    one, other = (Twin(tmp_path_factory.mktemp(name) / "home", runs=True) for name in ("one", "other"))
    with taken_away(one), taken_away(other):
        for twin in (one, other):
            twin.document("up")
        yield one, other


def test_both_are_healthy_and_share_no_address(twins: tuple[Twin, Twin]) -> None:
    for twin in twins:
        healthy(twin)
    edges = [exports(twin)["ESTATE_EDGE"] for twin in twins]
    assert edges[0].rpartition(":")[0] != edges[1].rpartition(":")[0]
    assert len({twin.endpoint for twin in twins}) == 2


def test_what_one_is_told_the_other_does_not_know(twins: tuple[Twin, Twin]) -> None:
    one, other = (exports(twin)["ESTATE_EDGE"] for twin in twins)
    path = f"{APPLICATIONS}/{submit(one, str(uuid.uuid4()))['application_id']}"
    until(lambda: state_of(f"{one}{path}") == "in-decision", "its case is open")
    assert ask(f"{other}{path}")[0] == 404
    client(twins[0], "ecs").update_service(cluster="estate", service="portal", desiredCount=4)
    seen = client(twins[1], "ecs").describe_services(cluster="estate", services=["portal"])["services"][0]
    assert seen["desiredCount"] == 3


def test_a_zone_that_one_loses_the_other_keeps(twins: tuple[Twin, Twin]) -> None:
    fault(twins[0], kind="zone-power-loss", zone="eu-west-2b")
    until(lambda: twins[0].run("status").returncode == 1, "one misses its zone")
    assert twins[1].run("status").returncode == 0


def test_the_end_of_one_is_not_the_others(twins: tuple[Twin, Twin]) -> None:
    one, other = (supervisor(twin) for twin in twins)
    before = {it.pid for it in marked(other.run)}
    os.kill(one.pid, signal.SIGKILL)
    until(lambda: not list(marked(one.run)), "everything of one is gone")
    assert {it.pid for it in marked(other.run)} >= before
    assert ask(f"{exports(twins[1])['ESTATE_EDGE']}/benefits")[0] == 200
    twins[0].document("down")
    healthy(twins[1])

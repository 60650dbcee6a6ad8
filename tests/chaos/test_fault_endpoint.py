"""A fault that was not at work until it was undone has shown nothing, and is told from one that was."""

import time
from pathlib import Path
from typing import Any

import pytest

from chaos.fault_endpoint import FaultEndpoint
from chaos.undo import Deed, UndoJournal
from chaos.undoing import undo_all
from tests.chaos.stand_in import StandIn

FAULT = {"kind": "zone-power-loss", "zone": "a"}


def no_aws(service: str) -> Any:
    raise AssertionError(service)


def test_a_fault_that_is_at_work_is_so_until_it_is_ended(endpoint: StandIn) -> None:
    client = FaultEndpoint(endpoint.url)
    assert client.end(client.begin(FAULT))
    assert endpoint.active == []


@pytest.mark.parametrize("how", ["it ended by itself", "nobody knows it"])
def test_a_fault_that_was_not_at_work_any_more_is_told(endpoint: StandIn, how: str) -> None:
    client = FaultEndpoint(endpoint.url)
    named = client.begin(FAULT)
    if how == "it ended by itself":
        endpoint.end(named, at=time.time() - 60)
    else:
        endpoint.faults.clear()
    assert not client.end(named)


def test_one_whose_name_was_never_heard_is_found_by_what_was_asked_for(endpoint: StandIn) -> None:
    client, since = FaultEndpoint(endpoint.url), time.time()
    client.begin({**FAULT, "zone": "b"})
    assert not client.end_like(FAULT, since)
    client.begin(FAULT)
    assert client.end_like(FAULT, since)
    assert endpoint.active == ["f0"]


def test_the_titles_of_faults_that_ended_before_come_with_what_was_undone(
    endpoint: StandIn, tmp_path: Path
) -> None:
    journal, client = UndoJournal(tmp_path / "undo.jsonl"), FaultEndpoint(endpoint.url)
    for title in ("gone", "at work"):
        journal.write(Deed(title, title, 0, endpoint=endpoint.url, fault_id=client.begin(FAULT)))
    endpoint.end("f0", at=time.time() - 60)
    done = undo_all(journal, no_aws, "a test")
    assert (done.left, done.ended_before) == ((), ("gone",))
    assert journal.pending() == []

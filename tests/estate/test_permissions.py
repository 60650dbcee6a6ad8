"""What roles were refused, and have never used, is told of twins."""

import json

import pytest
from rich.console import Console

from estate.commands import permissions
from estate.commands.permissions import Permissions
from estate.exceptions import NotUp, OnTwinsOnly

USED = {"policy": "p", "sid": "Queue", "allowed": 3}
REFUSED = {"action": "sqs:SendMessage", "resource": "arn:queue", "reason": "no policy", "count": 2, "at": 1}
CASE = {
    "name": "case",
    "statements": [USED],
    "refused": [],
    "unused": [{"policy": "p", "sid": "Keys", "actions": ["kms:Decrypt", "kms:GenerateDataKey"]}],
}
IDLE = {
    "name": "idle",
    "statements": [USED | {"allowed": 0}],
    "refused": [],
    "unused": [{"policy": "p", "sid": "Queue", "actions": ["sqs:SendMessage"]}],
}


def test_what_a_role_that_acts_has_never_used_is_listed() -> None:
    found = Permissions("slice", [CASE, IDLE])
    assert found.holds
    assert [(it["role"], it["sid"]) for it in found.to_json()["unused"]] == [("case", "Keys")]


def test_a_call_that_was_refused_does_not_hold() -> None:
    found = Permissions("slice", [CASE | {"refused": [REFUSED]}])
    assert not found.holds
    assert found.to_json()["refused"] == [{"role": "case", **REFUSED}]
    json.dumps(found.to_json())


def test_it_is_shown_in_tables() -> None:
    console = Console(width=150, record=True)
    Permissions("slice", [CASE | {"refused": [REFUSED]}, IDLE]).show(console)
    shown = console.export_text()
    assert "kms:Decrypt kms:GenerateDataKey" in shown
    assert "sqs:SendMessage  arn:queue  2" in shown
    assert "1 calls refused. 1 of 2 roles have acted" in shown


def test_on_aws_it_is_said_where_to_look() -> None:
    with pytest.raises(OnTwinsOnly, match="last accessed"):
        permissions.run("prod")


def test_a_twin_that_is_not_up_is_not_asked(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESTATE_HOME", str(tmp_path))
    with pytest.raises(NotUp):
        permissions.run("slice")

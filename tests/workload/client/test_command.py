"""What `python -m workload.client` shows."""

import json
from typing import Any, Self

import pytest

from workload.client import Attempt, EdgeInvalid, HttpAnswer, Outcome
from workload.client import __main__ as command


class FakeClient:
    """Answers each operation in turn."""

    answers: list[tuple[int, Any]] = []
    asked: list[tuple[str, str, Any, str | None]] = []

    def __init__(self, edge_url: str) -> None:
        if edge_url == "nonsense":
            raise EdgeInvalid("The estate's address is nonsense.")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def operate(self, method: str, path: str, *, json: Any = None, key: str | None = None) -> Outcome:
        self.asked.append((method, path, json, key))
        status, document = self.answers.pop(0)
        answer = HttpAnswer(status, {}, _json(document))
        return Outcome(key, (Attempt(0.0, 0.1, 0, status),), answer, 0.1)


def _json(document: Any) -> bytes:
    return json.dumps(document).encode()


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "OperationClient", FakeClient)
    monkeypatch.setattr(command, "POLL_SECONDS", 0.0)
    monkeypatch.setattr(FakeClient, "asked", [])


def _run(*arguments: str, answers: list[tuple[int, Any]], edge: str = "http://edge") -> int:
    FakeClient.answers = answers
    return command.main(["--edge", edge, *arguments])


def test_an_application_is_followed_until_it_is_paid(capsys: pytest.CaptureFixture[str]) -> None:
    states = ["received", "in-decision", "in-decision", "paid"]
    answers: list[tuple[int, Any]] = [(201, {"application_id": "a-1", "state": "received"})]
    answers += [(200, {"state": state}) for state in states]
    arguments = ("apply", "best-start-foods", "--client-reference", "c-1", "--key", "k-1", "--wait")
    assert _run(*arguments, answers=answers) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "best-start-foods: application a-1 of c-1, key k-1"
    assert [line.split()[0] for line in shown[1:]] == ["received", "in-decision", "paid"]
    assert FakeClient.asked[0] == (
        "POST",
        "/benefits/best-start-foods/applications",
        {"client_reference": "c-1"},
        "k-1",
    )


def test_one_document_is_written_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    answers = [(201, {"application_id": "a-1", "state": "received"})]
    assert _run("--json", "apply", "best-start-foods", answers=answers) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["application_id"], told["succeeded"], len(told["attempts"])) == ("a-1", True, 1)


def test_what_was_not_accepted_is_said_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("apply", "x", answers=[(503, {"message": "There is no room."})]) == 1
    assert (
        capsys.readouterr().out
        == "x: not accepted, status 503 after 1 attempts in 0.1 s: There is no room.\n"
    )


def test_a_draft_is_saved_and_a_status_is_asked() -> None:
    assert (
        _run("save", "x", "--id", "draft-0001", "--text", "so far", answers=[(200, {"state": "saved"})]) == 0
    )
    assert _run("status", "x", "a-1", answers=[(200, {"state": "paid"})]) == 0
    assert [(method, path) for method, path, _, _ in FakeClient.asked] == [
        ("PUT", "/benefits/x/drafts/draft-0001"),
        ("GET", "/benefits/x/applications/a-1"),
    ]


def test_an_address_that_cannot_be_used_is_no_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("status", "x", "a-1", answers=[], edge="nonsense") == 2
    assert "nonsense" in capsys.readouterr().err
    assert _run("status", "x", "a-1", answers=[], edge="") == 2

"""`make prove` runs what the documents say that it runs, goes on where it was, and its page tells what came of it."""

from collections.abc import Mapping
from itertools import takewhile
from typing import Any

import pytest

from chaos.experiment import experiments
from runbooks import NAMES
from tests import prove
from tests.docs.shown import shown
from tests.prove import DEFAULT_PARTS, MOST_MINUTES, PROOFS, Outcome, Proof, page, plan

PROMISED = [
    arguments
    for name in ("launching.md", "breaking-things.md", "recovering.md")
    for arguments in shown(name).arguments("estate", "console prove")
    if arguments[0] in ("load", "chaos", "drill") and "slice" not in arguments
]


def test_what_the_documents_promise_of_it_is_run() -> None:
    promised = {" ".join(takewhile(lambda word: not word.startswith("--"), it)) for it in PROMISED}
    ran = {it.words.removeprefix("estate ").partition(" --")[0] for it in PROOFS}
    assert promised
    assert promised <= ran


def test_every_experiment_with_its_control_case_and_every_playbook_is_run() -> None:
    ran = {it.words.removeprefix("estate ").partition(" --")[0] for it in PROOFS}
    names = {it.name for it in experiments()}
    assert {f"chaos run {it}" for it in names} | {f"chaos verify {it}" for it in names} <= ran
    assert {f"drill {it}" for it in NAMES} <= ran


def test_what_is_run_unless_parts_are_named_ends_in_time() -> None:
    assert sum(it.minutes for it in plan(())) <= MOST_MINUTES
    assert {it.part for it in plan(())} == set(DEFAULT_PARTS)


def test_an_unknown_part_is_one_sentence_and_nothing_is_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert prove.main(["lanches"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("prove: There is no part 'lanches'. There are launches, ")
    assert said.count("\n") == 1


def test_the_environment_stands_where_the_command_takes_it() -> None:
    (proof,) = (it for it in PROOFS if it.words.startswith("estate drill az-evacuation"))
    assert proof.command("local") == ("drill", "az-evacuation", "local", "--per-second", "150", "--json")


LOAD, DRILL = (
    Proof("launches", 1, ("load", "step")),
    Proof("drills", 1, ("drill", "zone", "--per-second", "5")),
)


def proved(
    answers: Mapping[str, Any],
    before: list[Outcome] | None = None,
    commit: str = "abc",
    again: bool = False,
    environment: str = "local",
) -> tuple[list[Outcome], list[str], list[Outcome]]:
    """The outcomes, what was run, and what was kept last."""
    ran, kept = list[str](), list[Outcome]()

    def run(proof: Proof, _: str) -> tuple[int, Mapping[str, Any]]:
        ran.append(proof.words)
        return 0, answers[proof.words]

    def keep(outcomes: Any) -> None:
        kept[:] = outcomes

    found = prove.prove(
        [LOAD, DRILL], environment, commit, before or [], run, keep, tell=lambda _: None, again=again
    )
    return found, ran, kept


HELD = {"verdict": "HOLDS", "lost": 0, "rto_seconds": 12.5, "evidence": "/far/away/run-1"}
VOID = {"verdict": "VOID", "reasons": ["The generator was busy."]}


def test_what_holds_at_this_commit_is_not_run_again_and_what_is_void_is() -> None:
    first, ran, kept = proved({LOAD.words: HELD, DRILL.words: VOID})
    assert ran == [LOAD.words, DRILL.words]
    assert kept == first

    second, ran, _ = proved({DRILL.words: HELD}, before=kept)
    assert ran == [DRILL.words]
    assert [it.verdict for it in second] == ["HOLDS", "HOLDS"]

    _, ran, _ = proved({LOAD.words: HELD, DRILL.words: HELD}, before=second, commit="def")
    assert ran == [LOAD.words, DRILL.words]


def test_what_does_not_hold_at_this_commit_is_not_run_again_either() -> None:
    _, _, kept = proved({LOAD.words: HELD | {"verdict": "DOES_NOT_HOLD"}, DRILL.words: HELD})

    assert proved({}, before=kept)[1] == []


def test_nothing_is_known_of_a_commit_with_changes() -> None:
    _, _, kept = proved({LOAD.words: HELD, DRILL.words: HELD}, commit="abc with changes")

    assert [it.commit for it in kept] == ["abc with changes"] * 2
    _, ran, _ = proved({LOAD.words: HELD, DRILL.words: HELD}, before=kept, commit="abc with changes")
    assert ran == [LOAD.words, DRILL.words]


def test_running_again_keeps_what_is_known_of_other_environments() -> None:
    answers = {LOAD.words: HELD, DRILL.words: HELD}
    _, _, elsewhere = proved(answers, environment="staging")
    _, _, both = proved(answers, before=elsewhere)

    _, ran, kept = proved(answers, before=both, again=True)
    assert ran == [LOAD.words, DRILL.words]
    assert [(it.words, it.environment) for it in kept] == [
        (proof.words, environment) for environment in ("staging", "local") for proof in (LOAD, DRILL)
    ]


def test_running_again_is_asked_for_by_its_option(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[list[Outcome], bool]] = []

    def record(*given: Any, again: bool) -> list[Outcome]:
        asked.append((given[3], again))
        return []

    held, _, _ = proved({LOAD.words: HELD, DRILL.words: HELD})
    monkeypatch.setattr(prove, "prove", record)
    monkeypatch.setattr(prove, "_known", lambda: held)
    monkeypatch.setattr(prove, "_commit", lambda: "abc")
    assert (prove.main(["launches", "--again"]), prove.main(["launches"])) == (0, 0)
    assert asked == [(held, True), (held, False)]


def test_a_run_without_a_document_is_never_told_as_one_that_holds() -> None:
    (_, drill), _, _ = proved({LOAD.words: HELD, DRILL.words: {"reasons": ["'local' is not up."]}})
    assert drill.verdict == "no verdict (exit code 0)"


def test_the_page_tells_verdict_figures_reasons_commit_and_what_was_not_run() -> None:
    outcomes, _, _ = proved({LOAD.words: HELD, DRILL.words: VOID})
    told = page(outcomes)
    assert "| `estate load step` | local | abc, " in told
    assert "| HOLDS | lost 0, rto seconds 12.5 |" in told
    assert "- `estate drill zone --per-second 5`: The generator was busy." in told
    assert "Nothing here was run on AWS." in told
    assert "Not run yet: `estate load ten-fold-step --rate-scale 0.3`" in told
    assert "/far/away" not in told


def test_the_page_is_of_the_results_that_are_kept() -> None:
    assert prove.PAGE.read_text() == page(prove._known())

"""`estate evidence list|show|compare`: what a user sees, and with which exit code."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from estate.main import main
from estate.places import evidence_root
from tests.evidence.runs import BEGAN_AT, Clock, begin, holding


class Command:
    """`estate evidence` in this process."""

    def __init__(
        self, root: Path, capture: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.root = root
        self._capture = capture
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str, root: Path | None = None) -> tuple[int, str, str]:
        self._capture.readouterr()
        words = ["estate", "evidence", *arguments, "--evidence", str(root or self.root)]
        self._monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = self._capture.readouterr()
        return int(caught.value.code or 0), " ".join(out.split()), err

    def json(self, *arguments: str) -> Any:
        _, out, _ = self(*arguments, "--json")
        return json.loads(out)


@pytest.fixture
def estate(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("COLUMNS", "200")
    return Command(tmp_path, capsys, monkeypatch)


@pytest.fixture
def ids(tmp_path: Path) -> tuple[str, str]:
    """A run that holds and one, of another seed, that does not."""
    good = holding(tmp_path)
    good.figure("p99", 200, "ms")
    good.finish()
    bad = holding(tmp_path, seed=8, clock=Clock(BEGAN_AT + 1))
    bad.figure("p99", 712.5, "ms")
    bad.objective("p99", "under 500 ms", "712.5 ms", False)
    bad.finish()
    return good.id, bad.id


def test_list_shows_every_run_with_its_verdict(estate: Command, ids: tuple[str, str]) -> None:
    code, out, _ = estate("list")

    assert code == 0
    assert f"{ids[0][-6:]} 2026-11-01 08:00 load ten-fold-step slice, twin HOLDS 0 s" in out
    assert f"{ids[1][-6:]} 2026-11-01 08:00 load ten-fold-step slice, twin DOES_NOT_HOLD 0 s" in out
    assert "2 runs in" in out
    assert "The chain is whole; its last hash is " in out


def test_list_has_these_keys(estate: Command, ids: tuple[str, str]) -> None:
    document = estate.json("list")
    first = document["runs"][0]

    assert set(first) == {
        "id", "state", "folder", "problem", "kind", "name", "verdict", "reasons", "began_at", "seconds", "sha256",
        "environment", "on",
    }  # fmt: skip
    assert (first["id"], first["verdict"], first["environment"], first["on"]) == (
        ids[0],
        "HOLDS",
        "slice",
        "twin",
    )
    assert document["chain"]["intact"] is True
    assert document["chain"]["links"] == 4
    assert len(document["chain"]["head"]) == 64


def test_list_of_a_changed_record_does_not_hold(estate: Command, ids: tuple[str, str]) -> None:
    file = estate.root / ids[1] / "record.json"
    file.write_text(file.read_text().replace("DOES_NOT_HOLD", "HOLDS"))
    code, out, _ = estate("list")

    assert code == 1
    assert f"BROKEN {ids[1]}: record.json was changed." in out
    assert estate.json("list")["chain"]["breaks"] == [{"run": ids[1], "what": "record.json was changed."}]
    assert estate("show", ids[1])[0] == 1
    assert estate("compare", ids[0], ids[1])[0] == 1


def test_list_tells_a_run_that_is_not_finished(estate: Command) -> None:
    begin(estate.root)._journal.close()
    code, out, _ = estate("list")

    assert code == 0
    assert "VOID (unfinished)" in out
    assert estate.json("list")["runs"][0]["state"] == "unfinished"


def test_a_chain_that_was_changed_itself_vouches_for_no_run(estate: Command, ids: tuple[str, str]) -> None:
    lines = (estate.root / "chain.jsonl").read_text().splitlines(keepends=True)
    (estate.root / "chain.jsonl").write_text("".join([lines[0], *lines[2:]]))

    for arguments in (("list",), ("show", ids[0]), ("show", ids[1]), ("compare", *ids)):
        code, out, _ = estate(*arguments)
        assert (code, "BROKEN" in out) == (1, True), arguments
    assert estate.json("compare", *ids)["changed"] == list(ids)


def test_list_of_nothing_is_empty(estate: Command) -> None:
    assert estate("list")[:2] == (0, f"0 runs in {estate.root}.")


def test_show_says_verdict_environment_objectives_and_where_the_page_is(
    estate: Command, ids: tuple[str, str]
) -> None:
    code, out, _ = estate("show", "last")

    assert code == 0
    assert "It does not hold: load ten-fold-step (finished) p99: wanted under 500 ms, seen 712.5 ms." in out
    assert "This ran on a twin of 'slice' on one machine, not on AWS." in out
    assert "p99 712.5 ms measured" in out
    assert f"Read it in {estate.root / ids[1]}/report.html" in out


def test_show_has_the_whole_record(estate: Command, ids: tuple[str, str]) -> None:
    document = estate.json("show", ids[0])

    assert document["record"] == json.loads((estate.root / ids[0] / "record.json").read_text())
    assert (document["state"], document["breaks"]) == ("finished", [])


def test_show_writes_the_page_of_a_run_that_was_killed(estate: Command, tmp_path: Path) -> None:
    run = begin(estate.root)
    run.event("fault", "slow disk")
    run._journal.close()
    output = tmp_path / "page.html"
    code, out, _ = estate("show", "last", "--output", str(output))

    assert code == 0
    assert "Void: it proves nothing: load ten-fold-step (unfinished)" in out
    assert "slow disk" in output.read_text()


def test_compare_says_first_what_differs_in_what_was_asked(estate: Command, ids: tuple[str, str]) -> None:
    code, out, _ = estate("compare", *ids)

    assert code == 0
    assert out.index("seed 7 8") < out.index("p99 ms 200 712.5 +512.5 3.56")
    assert "p99 - does not hold: 712.5 ms (wanted under 500 ms)" in out
    document = estate.json("compare", *ids)
    assert document["differences"] == [{"what": "seed", "left": 7, "right": 8}]
    assert document["figures"] == [
        {"name": "p99", "unit": "ms", "left": 200, "right": 712.5, "change": 512.5, "ratio": 3.5625}
    ]


def test_compare_refuses_different_kinds_unless_it_is_forced(estate: Command, ids: tuple[str, str]) -> None:
    drill = holding(estate.root, kind="drill", name="az-evacuation", clock=Clock(BEGAN_AT + 2)).finish().id

    code, out, err = estate("compare", ids[0], drill)
    assert (code, out) == (2, "")
    assert err.startswith(f"estate: {ids[0]} is of kind load and {drill} of kind drill: ")
    assert estate("compare", ids[0], drill, "--force")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["show", "nobody"], "estate: No run has 'nobody' in its name."),
        (["compare", "last", "ten-fold"], "estate: 'ten-fold' is in the names of 2 runs: "),
        (
            ["show", "last", "--output", "/nowhere/page.html"],
            "estate: No such file or directory: /nowhere/page.html.",
        ),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    estate: Command, ids: tuple[str, str], arguments: list[str], told: str
) -> None:
    code, out, err = estate(*arguments)

    assert (code, out) == (2, "")
    assert err.startswith(told)
    assert err.count("\n") == 1


def test_a_folder_that_is_not_there_is_one_sentence(estate: Command, tmp_path: Path) -> None:
    code, _, err = estate("list", root=tmp_path / "typo")

    assert code == 2
    assert "typo" in err
    assert err.count("\n") == 1


def test_evidence_of_all_environments_is_below_the_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ESTATE_HOME", str(tmp_path))

    assert evidence_root() == tmp_path / "evidence"
    assert evidence_root(tmp_path / "mine") == tmp_path / "mine"

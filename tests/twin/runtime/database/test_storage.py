"""Where databases are kept, and what is on disk of who writes."""

import asyncio
from pathlib import Path

import pytest

from tests.twin.runtime.database.world import cluster
from twin.runtime.database.exceptions import FolderNotSafe
from twin.runtime.database.group import Group, Record
from twin.runtime.database.records import Records
from twin.runtime.database.storage import Storage, is_reachable, remove, storage_of

A, B, C = (f"eu-west-2/core/core-{it}" for it in (1, 2, 3))


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    monkeypatch.setattr("twin.runtime.database.storage._OUTSIDE", folder)
    return folder


def test_root_keeps_databases_where_another_user_reaches_them_and_takes_them_away(
    tmp_path: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("os.chown", lambda *_: None)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert not is_reachable(closed)
    root = storage_of(closed / "runtime").root
    assert root.parent == outside
    assert storage_of(closed / "runtime").root == root
    remove(closed / "runtime")
    assert not root.exists()


def test_a_link_that_waits_at_that_place_is_refused(
    tmp_path: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("os.chown", lambda *_: None)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    root = storage_of(closed).root
    root.rmdir()
    root.symlink_to(tmp_path)
    with pytest.raises(FolderNotSafe):
        storage_of(closed)
    remove(closed)
    assert tmp_path.exists()


def test_other_users_keep_them_in_the_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert storage_of(tmp_path).root == tmp_path / "database"


def test_records_are_found_again_after_a_restart_also_when_clusters_have_come_together(
    tmp_path: Path,
) -> None:
    storage = Storage(tmp_path)
    group = cluster()
    record = Record(4, B, frozenset({A, C}))
    asyncio.run(Records(storage).write(group, record))
    assert Records(storage).of(group) == record
    wider = Group("g", ("eu-west-1/core", *group.clusters), group.members, A)
    assert Records(storage).of(wider) == record
    other = Group("x", ("eu-west-2/other",), (), None)
    assert Records(storage).of(other) == Record()


def test_a_record_replaces_the_groups_own_and_leaves_the_others(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    records = Records(storage)
    other = Group("x", ("eu-west-2/other",), (), None)
    kept = Record(1, "eu-west-2/other/other-1")

    async def write() -> None:
        await records.write(other, kept)
        await records.write(cluster(), Record(1, A))
        await records.write(cluster(), Record(2, B))
        await records.forget("eu-west-2/nothing")

    asyncio.run(write())
    assert (records.of(other), records.of(cluster())) == (kept, Record(2, B))
    asyncio.run(records.forget("eu-west-2/core"))
    assert Records(storage).of(cluster()) == Record()


def test_a_file_that_is_half_written_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "records.json").write_text('{"records": [')
    assert Storage(tmp_path).records() == {}

"""Applications as a drill spoils them and a copy makes them good, in real databases."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from runbooks.records import SqlRecords
from tests.workload.postgres import Postgres, postgres

TABLE = "applications (id uuid PRIMARY KEY, content jsonb NOT NULL, stored_at timestamptz NOT NULL)"
OLD, NEW = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    # PostgreSQL may run as a user who cannot enter pytest's own folders.
    folder = Path(tempfile.mkdtemp(prefix="estate-records-"))
    folder.chmod(0o755)
    try:
        with postgres(folder, ()) as running:
            yield running
    finally:
        shutil.rmtree(folder)


def _fill(url: str, *ids: str) -> None:
    """Two benefits; of each id an application, stored so many seconds after 1970 as its last digit says."""
    with psycopg.connect(url, autocommit=True) as connection:
        for benefit in ("one", "two"):
            connection.execute(f"CREATE SCHEMA {benefit}")
            connection.execute(f"CREATE TABLE {benefit}.{TABLE}".encode())
            for id_ in ids:
                values = (id_, f'{{"of": "{benefit}"}}', int(id_[-1]))
                connection.execute(
                    f"INSERT INTO {benefit}.applications VALUES (%s, %s, to_timestamp(%s))".encode(), values
                )


@pytest.mark.twin
def test_what_no_copy_has_stays_spoiled_and_says_how_old_it_is(server: Postgres) -> None:
    server.execute("CREATE DATABASE core", "CREATE DATABASE restored")
    urls = {it: f"postgresql://postgres@{server.host}:{server.port}/{it}" for it in ("core", "restored")}
    records = SqlRecords(urls.get)
    _fill(urls["core"], OLD, NEW)
    _fill(urls["restored"], NEW)
    assert records.oldest_spoiled("core", "drill") is None

    records.spoil("core", "drill")
    assert (records.spoiled("core", "drill"), records.oldest_spoiled("core", "drill")) == (4, 1.0)
    assert records.repairable("core", "restored", "drill") == 2
    records.repair("core", "restored", "drill")
    assert (records.spoiled("core", "drill"), records.oldest_spoiled("core", "drill")) == (2, 1.0)
    records.put_back("core", "drill")
    assert (records.count("core"), records.spoiled("core", "drill")) == (4, 0)


def test_a_cluster_that_nobody_names_yet_may_be_named_later() -> None:
    with pytest.raises(psycopg.OperationalError, match="Nobody says where the writer of 'core' answers"):
        SqlRecords(lambda _: None).count("core")

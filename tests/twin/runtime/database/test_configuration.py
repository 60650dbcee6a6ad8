"""What a server is told."""

from pathlib import Path

from twin.runtime.database.configuration import (
    application_name,
    declared_parameters,
    node_settings,
    server_settings,
    synchronous_standby_names,
)


def test_parameters_that_postgresql_knows_act_and_the_others_are_named() -> None:
    declared = {
        "max_connections": "1200",
        "rds.force_ssl": "1",
        "pgaudit.log": "ddl",
        "shared_preload_libraries": "pg_stat_statements,pgaudit",
    }
    settings, without_effect = declared_parameters(declared)
    assert settings == {"max_connections": "1200", "shared_preload_libraries": "pg_stat_statements"}
    assert without_effect == ["rds.force_ssl", "pgaudit.log", "pgaudit"]


def test_what_is_declared_comes_over_what_holds_for_all() -> None:
    lines = server_settings({"autovacuum_naptime": "5s"}).splitlines()
    assert [it for it in lines if it.startswith("autovacuum_naptime")] == ["autovacuum_naptime = '5s'"]
    assert "fsync = 'on'" in lines
    assert "synchronous_commit = 'on'" in lines


def test_a_standby_is_known_by_its_name_in_its_own_cluster_only() -> None:
    assert application_name("eu-west-2/core/core-2", "eu-west-2/core/core-1") == "core-2"
    assert application_name("eu-west-1/core/core-2", "eu-west-2/core/core-1") == "eu-west-1.core.core-2"


def test_a_writer_waits_for_any_one_of_its_partners() -> None:
    assert synchronous_standby_names(["core-3", "core-2"]) == 'ANY 1 ("core-2", "core-3")'
    assert synchronous_standby_names([]) == ""


def test_a_node_listens_at_its_own_address_and_follows_through_its_relay() -> None:
    text = node_settings(
        address="127.0.1.32",
        port=5432,
        archive=Path("/data/it's"),
        instance="core-2",
        upstream=("127.0.1.6", 5432),
        name="core-2",
        partners="",
    )
    lines = dict(line.split(" = ", 1) for line in text.splitlines())
    assert lines["listen_addresses"] == "'127.0.1.32'"
    assert lines["primary_conninfo"].startswith(
        "'host=127.0.1.6 port=5432 user=postgres application_name=core-2 "
    )
    assert "/data/it''s/%f" in lines["archive_command"]

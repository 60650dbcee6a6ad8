"""Where the names of a cluster lead."""

from dataclasses import replace

from tests.twin.runtime.database.stage import cluster_document, instance_document
from twin.runtime.database.declared import clusters
from twin.runtime.database.endpoints import endpoints
from twin.runtime.database.group import Record, Seen
from twin.runtime.directory import Backend

ZONES = ("eu-west-2a", "eu-west-2b", "eu-west-2c")
[CLUSTER] = clusters(
    "eu-west-2",
    [cluster_document()],
    [instance_document(it + 1, zone) for it, zone in enumerate(ZONES)],
    [],
    ZONES,
)
A, B, C = (it.key for it in CLUSTER.members)
BACKENDS = {key: Backend(f"127.0.{it}.32", 5432, ZONES[it]) for it, key in enumerate((A, B, C))}
WRITER = Seen(is_running=True, may_write=True)
STANDBY = Seen(is_running=True, received=1)
RECORD = Record(1, A, frozenset({B, C}))
WHOLE = {A: WRITER, B: STANDBY, C: STANDBY}


def led(
    seen: dict[str, Seen], record: Record = RECORD, *, is_held: bool = False
) -> tuple[list[str], list[str]]:
    """Instances behind the writer's and the readers' name."""
    found = endpoints(CLUSTER, record, seen, BACKENDS, is_held)
    keys = {backend: key for key, backend in BACKENDS.items()}
    names = (CLUSTER.endpoint, CLUSTER.reader_endpoint)
    writer, readers = ([keys[it] for it in found["eu-west-2", name]] for name in names)
    return writer, readers


def test_the_writer_and_the_readers_have_names_of_their_own() -> None:
    assert led(WHOLE) == ([A], [B, C])


def test_without_readers_their_name_leads_to_the_writer() -> None:
    assert led({A: WRITER, B: Seen(), C: replace(STANDBY, misses=2)}) == ([A], [A])


def test_a_writer_that_is_lost_is_not_led_to() -> None:
    for lost in ({"misses": 2}, {"is_reachable": False}, {"is_running": False}, {"may_write": False}):
        assert led({**WHOLE, A: replace(WRITER, **lost)})[0] == []


def test_nobody_but_the_recorded_writer_is_led_to() -> None:
    assert led({**WHOLE, B: WRITER}, Record(2, B)) == ([B], [C])
    assert led({**WHOLE, B: WRITER}) == ([A], [C])


def test_until_aws_would_have_moved_it_the_name_leads_nowhere() -> None:
    assert led({A: Seen(), B: WRITER, C: STANDBY}, Record(2, B), is_held=True) == ([], [C])


def test_a_secondary_cluster_has_no_writer() -> None:
    elsewhere = Record(1, "eu-west-1/core/core-1")
    assert led({A: STANDBY, B: STANDBY, C: STANDBY}, elsewhere) == ([], [A, B, C])


def test_an_instance_is_always_behind_its_own_name() -> None:
    found = endpoints(CLUSTER, RECORD, {}, BACKENDS, False)
    assert found["eu-west-2", "core-2.x.eu-west-2.rds.amazonaws.com"] == (BACKENDS[B],)

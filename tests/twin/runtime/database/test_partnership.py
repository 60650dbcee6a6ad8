"""In which order the record and the writer learn whom a commit waits for."""

from dataclasses import replace

from tests.twin.runtime.database.world import cluster
from twin.runtime.database.group import Group, Member, Record, Seen, SetPartners, Write
from twin.runtime.database.partnership import ALONE_SECONDS, partner_steps, suitable

GROUP = cluster()
A, B, C = (it.key for it in GROUP.members)
BOTH = frozenset({B, C})
ONE, OTHER, NOBODY = frozenset({B}), frozenset({C}), frozenset[str]()
WRITER = Seen(is_running=True, may_write=True, names=NOBODY, names_from=10, streams={B: 10})


def record(partners: frozenset[str]) -> Record:
    return Record(3, A, partners)


def test_a_writer_that_is_alone_waits_for_a_standby_before_the_record_counts_on_it() -> None:
    assert partner_steps(record(NOBODY), WRITER, ONE) == (SetPartners(A, ONE),)
    waits = replace(WRITER, names=ONE, streams={B: 9})
    assert partner_steps(record(NOBODY), waits, ONE) == ()
    assert partner_steps(record(NOBODY), replace(waits, streams={B: 10}), ONE) == (Write(record(ONE)),)


def test_a_further_one_is_in_the_record_before_it_may_acknowledge() -> None:
    writer = replace(WRITER, names=ONE, streams={B: 10, C: 10})
    assert partner_steps(record(ONE), writer, BOTH) == (Write(record(BOTH)), SetPartners(A, BOTH))


def test_one_that_is_away_leaves_the_record_only_when_another_has_all_that_it_may_have_had() -> None:
    writer = replace(WRITER, names=BOTH, names_from=20)
    assert partner_steps(record(BOTH), writer, ONE) == (SetPartners(A, ONE),)
    waits = replace(writer, names=ONE, streams={B: 19})
    assert partner_steps(record(BOTH), waits, ONE) == ()
    assert partner_steps(record(BOTH), replace(waits, streams={B: 20}), ONE) == (Write(record(ONE)),)


def test_while_it_is_not_known_from_where_the_writer_waits_the_record_stays() -> None:
    writer = replace(WRITER, names=ONE, names_from=None, streams={B: 99})
    assert partner_steps(record(BOTH), writer, ONE) == ()


def test_a_writer_goes_on_alone_after_a_while_and_the_record_says_so_first() -> None:
    writer = replace(WRITER, names=ONE, streams={}, alone_seconds=ALONE_SECONDS - 0.1)
    assert partner_steps(record(ONE), writer, NOBODY) == ()
    longer = replace(writer, alone_seconds=ALONE_SECONDS)
    assert partner_steps(record(ONE), longer, NOBODY) == (Write(record(NOBODY)), SetPartners(A, NOBODY))


def test_a_writer_that_is_alone_and_is_to_be_is_left_so() -> None:
    assert partner_steps(record(NOBODY), replace(WRITER, alone_seconds=99), NOBODY) == ()


def test_two_are_enough_rather_those_that_are_then_those_in_other_zones() -> None:
    keys = [f"eu-west-2/core/core-{it}" for it in range(1, 6)]
    zones = ["a", "a", "b", "c", "b"]
    members = tuple(Member(key, f"eu-west-2{zone}") for key, zone in zip(keys, zones, strict=True))
    group = Group("core", ("eu-west-2/core",), members, keys[0])
    seen = dict.fromkeys(keys, Seen(is_running=True))
    assert suitable(group, record(NOBODY), seen, keys[1:], NOBODY) == frozenset({keys[2], keys[3]})
    assert suitable(group, record(NOBODY), seen, keys[1:], frozenset({keys[1]})) == frozenset(
        {keys[1], keys[2]}
    )


def test_one_that_does_not_answer_is_not_suitable() -> None:
    seen = {A: Seen(), B: Seen(is_running=True, misses=1), C: Seen(is_running=True)}
    assert suitable(GROUP, record(NOBODY), seen, [B, C], NOBODY) == OTHER

"""One step at a time: who writes, who follows, who has to go."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.twin.runtime.database.world import cluster
from twin.runtime.database.group import (
    Build,
    Fence,
    Follow,
    Group,
    Initialise,
    Member,
    Promote,
    Record,
    Rejoin,
    Retire,
    Seen,
    SetPartners,
    Start,
    Step,
    Switch,
    Write,
)
from twin.runtime.database.plan import ASTRAY_SECONDS, MISSES, STANDBY_MISSES, plan

GROUP = cluster()
A, B, C = (it.key for it in GROUP.members)
RECORD = Record(1, A, frozenset({B, C}))
NOW = 100.0

WRITER = Seen(
    has_data=True,
    is_running=True,
    may_write=True,
    names=frozenset({B, C}),
    names_from=10,
    streams={B: 20, C: 20},
)
STANDBY = Seen(has_data=True, is_standby_data=True, is_running=True, received=20, upstream=A)
DEAD = Seen(has_data=True)
WHOLE = {A: WRITER, B: STANDBY, C: STANDBY}


def planned(
    seen: Mapping[str, Seen],
    record: Record = RECORD,
    switch: Switch | None = None,
    group: Group = GROUP,
) -> list[Step]:
    return list(plan(group, record, seen, switch, NOW))


def test_a_whole_cluster_is_left_alone() -> None:
    assert planned(WHOLE) == []


def test_the_first_writer_is_recorded_before_it_is_made_and_nobody_else_is_made_before_it_writes() -> None:
    assert planned(dict.fromkeys(WHOLE, Seen()), Record()) == [Write(Record(1, A)), Initialise(A)]


def test_data_that_no_record_knows_is_kept_and_written_on() -> None:
    seen = {A: Seen(), B: Seen(has_data=True), C: Seen(has_data=True, is_standby_data=True)}
    assert planned(seen, Record()) == [Write(Record(1, B))]


def test_others_are_built_from_the_writer_once_it_writes() -> None:
    alone = replace(WRITER, names=frozenset(), streams={})
    record = Record(1, A)
    assert planned({A: alone, B: Seen(), C: Seen()}, record) == [Build(B, A), Build(C, A)]


def test_whoever_may_write_and_is_not_the_recorded_writer_is_fenced_before_anything_else() -> None:
    assert planned({**WHOLE, B: replace(WRITER)}) == [Fence(B)]


@pytest.mark.parametrize(
    "loss", [{"misses": MISSES}, {"is_reachable": False}], ids=["does not answer", "zone is cut off"]
)
def test_a_lost_writer_that_still_runs_is_fenced_before_another_is_chosen(loss: dict[str, int]) -> None:
    assert planned({**WHOLE, A: replace(WRITER, **loss)}) == [Fence(A)]


def test_one_look_without_an_answer_is_no_loss() -> None:
    assert planned({**WHOLE, A: replace(WRITER, misses=MISSES - 1)}) == []


def test_the_most_advanced_takes_over_and_who_has_as_much_stays_a_partner() -> None:
    seen = {A: DEAD, B: STANDBY, C: replace(STANDBY, received=21)}
    assert planned(seen) == [Write(Record(2, C))]
    assert planned({**seen, B: replace(STANDBY, received=21)}) == [Write(Record(2, B, frozenset({C})))]


def test_while_one_is_silent_who_may_have_what_nobody_else_has_the_old_writer_comes_back() -> None:
    seen = {A: DEAD, B: STANDBY, C: replace(STANDBY, received=None, misses=1)}
    assert planned(seen) == [Start(A, None, frozenset({B, C}))]


def test_and_if_its_zone_is_gone_everybody_waits() -> None:
    seen = {A: replace(DEAD, is_reachable=False), B: STANDBY, C: replace(STANDBY, received=None, misses=1)}
    assert planned(seen) == []


def test_a_writer_that_was_alone_is_waited_for() -> None:
    seen = {A: replace(DEAD, is_reachable=False), B: STANDBY, C: STANDBY}
    assert planned(seen, Record(1, A)) == []


def test_the_chosen_one_is_promoted_and_waits_for_its_partners_from_its_first_commit() -> None:
    record = Record(2, B, frozenset({C}))
    assert planned({A: DEAD, B: STANDBY, C: STANDBY}, record)[0] == Promote(B, frozenset({C}))


def test_without_recorded_partners_it_waits_for_whoever_lives() -> None:
    assert planned({A: DEAD, B: STANDBY, C: STANDBY}, Record(2, B))[0] == Promote(B, frozenset({C}))


def test_standbys_turn_to_the_new_writer_and_the_old_one_rejoins_once_that_writes() -> None:
    record = Record(2, B, frozenset({C}))
    new = replace(WRITER, names=frozenset({C}), streams={})
    assert planned({A: DEAD, B: replace(STANDBY), C: STANDBY}, record)[1:] == [Follow(C, B)]
    assert planned({A: DEAD, B: new, C: replace(STANDBY, upstream=B)}, record) == [Rejoin(A, B)]


def test_a_dead_standby_starts_again_and_one_that_does_not_answer_is_ended_first() -> None:
    gone = replace(STANDBY, is_running=False)
    assert planned({**WHOLE, B: gone})[0] == Start(B, A)
    assert planned({**WHOLE, B: replace(STANDBY, misses=STANDBY_MISSES)})[0] == Fence(B)


def test_nothing_is_started_in_a_zone_that_cannot_be_reached() -> None:
    gone = replace(STANDBY, is_running=False, is_reachable=False)
    assert planned({**WHOLE, B: gone}) == [SetPartners(A, frozenset({C}))]


def test_a_standby_that_strays_though_the_link_is_open_is_brought_back() -> None:
    astray = replace(STANDBY, astray_seconds=ASTRAY_SECONDS)
    writer = replace(WRITER, names=frozenset({C}), streams={C: 20})
    record = Record(1, A, frozenset({C}))
    assert planned({A: writer, B: astray, C: STANDBY}, record) == [Rejoin(B, A)]
    assert planned({A: writer, B: replace(astray, is_linked=False), C: STANDBY}, record) == []


def test_a_wish_for_another_writer_retires_the_old_one_in_order() -> None:
    switch = Switch(1, NOW + 10, "eu-west-2/core", C)
    assert planned(WHOLE, switch=switch) == [Retire(A)]
    retired = {A: replace(DEAD, final=19), B: STANDBY, C: STANDBY}
    assert planned(retired, switch=switch) == [Write(Record(2, C, frozenset({B})))]


def test_the_wanted_one_is_passed_over_where_it_lacks_something() -> None:
    switch = Switch(1, NOW + 10, "eu-west-2/core", C)
    retired = {A: DEAD, B: STANDBY, C: replace(STANDBY, received=19)}
    assert planned(retired, switch=switch) == [Write(Record(2, B))]


@pytest.mark.parametrize(
    "switch",
    [Switch(0, NOW + 10, "eu-west-2/core", C), Switch(1, NOW, "eu-west-2/core", C)],
    ids=["of an earlier term", "too late"],
)
def test_an_old_wish_does_nothing(switch: Switch) -> None:
    assert planned(WHOLE, switch=switch) == []


def test_a_writer_is_not_retired_while_nobody_could_follow() -> None:
    seen = {**WHOLE, B: replace(STANDBY, misses=1), C: replace(STANDBY, misses=1)}
    assert planned(seen, switch=Switch(1, NOW + 10, "eu-west-2/core")) == []


def test_a_writer_that_is_no_member_any_more_hands_over() -> None:
    smaller = Group(GROUP.name, GROUP.clusters, GROUP.members[1:], B)
    assert planned(WHOLE, group=smaller) == [Retire(A)]
    assert planned({A: DEAD, B: STANDBY, C: STANDBY}, group=smaller) == [Write(Record(2, B, frozenset({C})))]


# Two regions

AWAY = "eu-west-1/core/core-1"
WORLD = Group("global", ("eu-west-2/core", "eu-west-1/core"), (*GROUP.members, Member(AWAY, "eu-west-1a")), A)


def test_another_region_is_never_chosen_by_itself() -> None:
    seen = {A: replace(DEAD, is_reachable=False), B: DEAD, C: DEAD, AWAY: replace(STANDBY, received=99)}
    steps = planned(seen, group=WORLD)
    assert not [it for it in steps if isinstance(it, Write | Promote)]


def test_it_takes_over_in_order_only_with_everything_that_the_old_writer_had() -> None:
    switch = Switch(1, NOW + 10, "eu-west-1/core")
    ended = {A: replace(DEAD, final=30), B: STANDBY, C: STANDBY}
    behind = planned({**ended, AWAY: replace(STANDBY, received=30)}, switch=switch, group=WORLD)
    assert not [it for it in behind if isinstance(it, Write)]
    whole = planned({**ended, AWAY: replace(STANDBY, received=31)}, switch=switch, group=WORLD)
    assert whole[0] == Write(Record(2, AWAY))


def test_it_takes_over_with_what_it_has_where_loss_is_allowed_and_the_old_writer_is_fenced() -> None:
    switch = Switch(1, NOW + 10, "eu-west-1/core", is_lossy=True)
    away = replace(STANDBY, received=3)
    assert planned({**WHOLE, AWAY: away}, switch=switch, group=WORLD) == [Fence(A)]
    fenced = {A: DEAD, B: STANDBY, C: STANDBY, AWAY: away}
    assert planned(fenced, switch=switch, group=WORLD)[0] == Write(Record(2, AWAY))


def test_nobody_in_another_region_is_waited_for() -> None:
    writer = replace(WRITER, streams={B: 20, C: 20, AWAY: 20})
    assert planned({**WHOLE, A: writer, AWAY: STANDBY}, group=WORLD) == []

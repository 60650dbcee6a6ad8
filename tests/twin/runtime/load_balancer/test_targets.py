"""What becomes of targets: nobody serves unproved, nobody is forgotten, and those who leave get their time."""

from hypothesis import given
from hypothesis import strategies as st

from twin.runtime.load_balancer.model import HealthCheck, Target, TargetGroup
from twin.runtime.load_balancer.targets import Key, Known, Phase, Sight, Verdict, follow, verdict

CHECK = HealthCheck("/health", None, ((200, 200),), 5, 4, 2, 2)
DELAY = 30.0
TARGETS = [Target("127.0.1.80", 8080), Target("127.0.2.80", 8080)]
H, U, N = Verdict.HEALTHY, Verdict.UNHEALTHY, Verdict.UNKNOWN


def group(targets: frozenset[Target]) -> TargetGroup:
    return TargetGroup("arn", "portal", "eu-west-2", True, "round_robin", 0, DELAY, True, CHECK, targets)


ROUNDS = st.lists(
    st.tuples(
        st.frozensets(st.sampled_from(TARGETS)),
        st.dictionaries(st.sampled_from([("portal", it) for it in TARGETS]), st.sampled_from(list(Verdict))),
        st.booleans(),
    ),
    max_size=12,
)


@given(ROUNDS)
def test_whoever_serves_was_registered_and_had_a_good_check_and_whoever_leaves_has_its_time(rounds) -> None:
    known: dict[Key, Known] = {}
    good: set[Key] = set()
    for now, (targets, verdicts, absence_counts) in enumerate(rounds):
        before, known = (
            known,
            follow(
                known, [group(targets)], verdicts, float(now), absence_counts=absence_counts, delay_factor=0.1
            ),
        )
        good |= {key for key in before if verdicts.get(key) is H and key[1] in targets}
        assert {key for key, it in known.items() if it.phase is Phase.SERVING} <= good
        assert {("portal", it) for it in targets} <= set(known)
        for key, it in before.items():
            if key not in known:
                assert it.phase is Phase.DRAINING
                assert it.leaves_at is not None
                assert now >= it.leaves_at
            if not absence_counts and key[1] not in targets:
                assert known[key] == it
        good = {key for key in good if known.get(key, Known(Phase.DRAINING, 0)).phase is not Phase.DRAINING}


@given(ROUNDS)
def test_a_healthy_target_comes_to_serve_and_one_that_left_comes_to_be_forgotten(rounds) -> None:
    known: dict[Key, Known] = {}
    now = 0.0
    for targets, verdicts, absence_counts in rounds:
        known = follow(known, [group(targets)], verdicts, now, absence_counts=absence_counts, delay_factor=1)
        now += 1
    stays, key = frozenset(TARGETS[:1]), ("portal", TARGETS[0])
    for moment in (now, now + 1, now + 1 + DELAY):
        known = follow(known, [group(stays)], {key: H}, moment, absence_counts=True, delay_factor=1)
    assert {name: it.phase for name, it in known.items()} == {key: Phase.SERVING}


def test_a_target_that_comes_back_while_it_leaves_begins_anew() -> None:
    key: Key = ("portal", TARGETS[0])
    known: dict[Key, Known] = {key: Known(Phase.DRAINING, 0, 30)}
    following = follow(known, [group(frozenset(TARGETS[:1]))], {}, 5, absence_counts=True, delay_factor=1)
    assert following == {key: Known(Phase.PROBATION, 5)}


def test_most_of_the_nodes_that_know_decide() -> None:
    table = {
        (H, H, U): H,
        (H, U, U): U,
        (H, U): U,
        (N, N, H): H,
        (N, U): U,
        (N, N): N,
        (): N,
    }
    assert {votes: verdict([Sight(it) for it in votes]) for votes in table} == table

"""The load of the trials: the same seed comes at the same times, and applies anew each time."""

from tests.trials.load import Load


def test_a_seed_gives_the_same_arrivals_and_never_the_same_keys() -> None:
    first, second = (list(Load("http://edge", 50, 7).schedule(20)) for _ in range(2))

    assert [(it.at, it.kind, it.benefit) for it in first] == [(it.at, it.kind, it.benefit) for it in second]
    assert len({it.key for it in (*first, *second)}) == len(first) + len(second)

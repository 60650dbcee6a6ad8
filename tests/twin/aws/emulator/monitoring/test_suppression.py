from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.monitoring.suppression import Held, Periods, Suppressor, begun, plan

PERIODS = Periods(wait_seconds=60, extension_seconds=30)


def test_actions_wait_for_the_suppressor_to_ring_and_are_carried_out_when_it_does_not() -> None:
    held = begun(State.OK, False, PERIODS, 100)
    assert held == Held(State.OK, Suppressor.WAIT, 160)
    assert plan(held, False, PERIODS, 159) == held
    assert plan(held, False, PERIODS, 160) is None


def test_actions_are_held_while_the_suppressor_rings_and_for_some_time_after() -> None:
    held = plan(begun(State.OK, False, PERIODS, 100), True, PERIODS, 130)
    assert held is not None
    assert held == Held(State.OK, Suppressor.ALARM, None)
    extended = plan(held, False, PERIODS, 500)
    assert extended is not None
    assert extended == Held(State.OK, Suppressor.EXTENSION, 530)
    assert plan(extended, False, PERIODS, 529) == extended
    assert plan(extended, False, PERIODS, 530) is None


def test_a_suppressor_that_rings_again_holds_again() -> None:
    extended = Held(State.OK, Suppressor.EXTENSION, 530)
    assert plan(extended, True, PERIODS, 520) == Held(State.OK, Suppressor.ALARM, None)

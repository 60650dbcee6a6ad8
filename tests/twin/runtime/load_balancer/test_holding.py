"""While the way to a target changes, as many checks decide as are declared."""

from twin.runtime.load_balancer.holding import Hold, hold
from twin.runtime.load_balancer.model import HealthCheck, Target
from twin.runtime.load_balancer.targets import Sight, Verdict

CHECK = HealthCheck("/health", None, ((200, 200),), 5, 4, 3, 2)
TARGET, DETOUR = Target("127.0.1.80", 8080), Target("127.0.100.1", 8080)
H, U, N = Verdict.HEALTHY, Verdict.UNHEALTHY, Verdict.UNKNOWN


def test_a_healthy_target_stays_so_until_its_checks_have_failed_often_enough() -> None:
    first = hold(None, TARGET, TARGET, None, CHECK, 1, 0)
    assert first == Hold(TARGET)
    led_away = hold(first, TARGET, DETOUR, Sight(H), CHECK, 1, 100)
    assert led_away == Hold(DETOUR, H, 100 + 2 * 5 + 4)
    assert hold(led_away, TARGET, DETOUR, Sight(U), CHECK, 1, 113.9).verdict is H
    assert hold(led_away, TARGET, DETOUR, Sight(U), CHECK, 1, 114) == Hold(DETOUR, U, 114 + 5)


def test_a_target_whose_checks_pass_over_a_slow_link_is_left_to_them() -> None:
    slow = Hold(DETOUR, H, 114)
    assert [hold(slow, TARGET, DETOUR, Sight(it), CHECK, 1, 114).verdict for it in (H, N)] == [N, N]


def test_an_unhealthy_target_that_is_reached_again_needs_its_good_checks() -> None:
    away = Hold(DETOUR)
    back = hold(away, TARGET, TARGET, Sight(U), CHECK, 1, 200)
    assert back == Hold(TARGET, U, 200 + 3 * 5)
    assert hold(back, TARGET, TARGET, Sight(H), CHECK, 1, 215).verdict is N


def test_a_short_cut_in_the_way_does_no_harm() -> None:
    away = Hold(DETOUR, H, 114)
    assert hold(away, TARGET, TARGET, Sight(U), CHECK, 1, 105).verdict is H


def test_an_unhealthy_target_that_is_led_away_stays_unhealthy() -> None:
    assert hold(Hold(TARGET), TARGET, DETOUR, Sight(U), CHECK, 1, 100) == Hold(DETOUR)


def test_times_are_those_of_the_profile() -> None:
    assert hold(Hold(TARGET), TARGET, DETOUR, Sight(H), CHECK, 0.5, 0).until == 7

"""Security groups between people, the load balancer and its targets."""

from twin.runtime.load_balancer.admission import admits_person, admits_target
from twin.runtime.load_balancer.listening import NODE_HEALTH_PORT, listener_port
from twin.runtime.load_balancer.model import Target
from twin.runtime.network.ways import ClosedWays

PORTAL, CASE = Target("127.0.1.80", 8080), Target("127.0.1.81", 8080)
KNOWN = [("portal", PORTAL), ("case", CASE), ("case-too", CASE)]


def closed(*targets: tuple[str, str, int]) -> ClosedWays:
    return ClosedWays(targets=frozenset(targets))


def test_a_refused_group_closes_its_targets_for_the_node_of_the_zone() -> None:
    refused = closed(("a", "portal", 8080))
    assert [admits_target(refused, zone, PORTAL, KNOWN) for zone in "ab"] == [False, True]
    assert admits_target(refused, "a", CASE, KNOWN)


def test_any_of_its_groups_that_is_refused_closes_a_target() -> None:
    assert not admits_target(closed(("a", "case-too", 8080)), "a", CASE, KNOWN)


def test_health_checks_at_a_port_of_their_own_are_admitted_apart() -> None:
    refused = closed(("a", "portal", 9090))
    assert admits_target(refused, "a", PORTAL, KNOWN)
    assert not admits_target(refused, "a", Target(PORTAL.address, 9090), KNOWN)


def test_people_are_refused_at_a_listener_and_the_node_still_says_that_it_is_there() -> None:
    refused = ClosedWays(listeners=frozenset({("a", 443)}))
    assert not admits_person(refused, "a", listener_port(443))
    assert admits_person(refused, "b", listener_port(443))
    assert admits_person(refused, "a", listener_port(80))
    assert admits_person(refused, "a", NODE_HEALTH_PORT)

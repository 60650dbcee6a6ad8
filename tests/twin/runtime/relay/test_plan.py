"""Which routes a zone's relay is given."""

from collections.abc import Mapping

from twin.runtime.directory import Backend, RegionLink
from twin.runtime.relay.plan import OWN_HOSTS, Ports, routes, storage_name
from twin.runtime.relay.route import Conditions, Route, Target, from_line, to_line
from twin.runtime.zones import Link, Place, Tier, Zones

REGION_OF = {"a": "here", "b": "here", "x": "there"}
HOSTS = {host: f"127.0.1.{host}" for host in (*OWN_HOSTS, OWN_HOSTS.stop)}

Stores = Mapping[tuple[str, str], tuple[Backend, ...]]


def planned(
    stores: Stores,
    ports: Ports | None = None,
    zones: Zones | None = None,
    links: Mapping[tuple[str, str], RegionLink] | None = None,
) -> list[Route]:
    zones = zones or Zones(tuple(REGION_OF))
    return list(routes("a", "here", HOSTS, stores, ports or Ports(), zones, REGION_OF, links or {}))


def test_names_of_the_region_keep_the_declared_port_at_addresses_of_their_own() -> None:
    stores = {
        ("here", "one"): (Backend("127.0.1.40", 5432, "a"),),
        ("here", "two"): (Backend("127.0.2.40", 5432, "b"),),
        ("here", "cache"): (Backend("127.0.2.64", 6379, "b"),),
    }
    assert [(it.name, it.address, it.port) for it in planned(stores)] == [
        ("one", "127.0.1.4", 5432),
        ("two", "127.0.1.5", 5432),
        ("cache", "127.0.1.4", 6379),
    ]


def test_a_server_of_another_region_has_a_port_at_the_shared_address_and_the_wide_area_between() -> None:
    stores = {("there", "remote"): (Backend("127.0.21.40", 5432, "x"),)}
    wide = {("here", "there"): RegionLink(latency_ms=30, bytes_per_second=1_000)}
    assert planned(stores, links=wide) == [
        Route(
            "remote",
            "127.0.1.31",
            20_000,
            (Target("127.0.21.40", 5432, Conditions(True, 30, 0, 1_000)),),
        )
    ]


def test_a_name_keeps_its_place_when_it_leads_nowhere_for_a_while() -> None:
    ports = Ports()
    key = ("here", "one")
    before = planned({key: (Backend("127.0.1.40", 5432, "a"),)}, ports)
    empty = planned({key: ()}, ports)
    assert [(it.address, it.port, it.targets) for it in empty] == [(before[0].address, before[0].port, ())]


def test_a_name_that_never_led_anywhere_refuses_at_the_port_of_its_kind() -> None:
    """A task of a standby region has the writer's name too: it is not to wait for it."""
    (database,) = planned({("here", "core.rds.amazonaws.com"): ()})
    (cache,) = planned({("here", "master.sessions.cache.amazonaws.com"): ()})
    assert [(it.port, it.targets) for it in (database, cache)] == [(5432, ()), (6379, ())]


def test_the_boundary_of_either_zone_and_a_closed_link_act() -> None:
    stores = {("here", "one"): (Backend("127.0.2.40", 5432, "b"),)}
    zones = Zones(tuple(REGION_OF))
    zones.change("b", boundary=Link(latency_ms=20, loss_percent=5))
    assert planned(stores, zones=zones)[0].targets[0].conditions == Conditions(True, 20, 5)
    zones.closed.put((Place("a", Tier.PRIVATE), Place("b", Tier.DATA)), Link(is_open=False))
    assert not planned(stores, zones=zones)[0].targets[0].conditions.is_open


def test_servers_copy_past_network_acls_but_not_past_a_cut_zone() -> None:
    stores = {("here", storage_name("one")): (Backend("127.0.2.40", 5432, "b"),)}
    zones = Zones(tuple(REGION_OF))
    zones.closed.put((Place("a", Tier.PRIVATE), Place("b", Tier.DATA)), Link(is_open=False))
    [route] = planned(stores, zones=zones)
    assert (route.address, route.targets[0].conditions) == ("127.0.1.31", Conditions())
    zones.change("b", boundary=Link(is_open=False))
    assert not planned(stores, zones=zones)[0].targets[0].conditions.is_open


def test_a_cut_of_the_regions_link_closes_names_of_the_other_only() -> None:
    stores = {
        ("here", "one"): (Backend("127.0.1.40", 5432, "a"),),
        ("there", "remote"): (Backend("127.0.21.40", 5432, "x"),),
    }
    made = planned(stores, links={("here", "there"): RegionLink(is_open=False)})
    assert [it.targets[0].conditions.is_open for it in made] == [True, False]


def test_more_names_than_addresses_go_to_the_shared_one() -> None:
    names = len(OWN_HOSTS) + 1
    stores = {("here", f"n{index}"): (Backend("127.0.1.40", 5432, "a"),) for index in range(names)}
    made = planned(stores)
    assert len({(it.address, it.port) for it in made}) == names
    assert (made[-1].address, made[-1].port) == ("127.0.1.31", 20_000 + names - 1)


def test_routes_survive_the_line_that_carries_them() -> None:
    route = Route("n", "127.0.1.4", 5432, (Target("127.0.1.40", 5432, Conditions(False, 1.5, 2, None)),))
    assert from_line(to_line(7, [route])) == (7, (route,))

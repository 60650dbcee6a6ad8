"""A service reaches a store at an address of its own, and only where it is admitted."""

from twin.runtime.addresses import SERVICE_ADDRESSES
from twin.runtime.directory import Backend, StoreLogin
from twin.runtime.network.ways import ClosedWays
from twin.runtime.relay.plan import OWN_HOSTS, Ports, Users, routes, storage_name, user_name
from twin.runtime.relay.route import LoginRule, Route, from_line, to_line
from twin.runtime.zones import Zones

REGION_OF = {"a": "here", "x": "there"}
HOSTS = {host: f"127.0.1.{host}" for host in (*OWN_HOSTS, OWN_HOSTS.stop)}
STORES = {
    ("here", "writer"): (Backend("127.0.1.40", 5432, "a"),),
    ("here", "reader"): (Backend("127.0.1.41", 5432, "a"),),
    ("here", "cache"): (Backend("127.0.1.64", 6379, "a"),),
    ("here", storage_name("writer")): (Backend("127.0.1.40", 5432, "a"),),
    ("there", "remote"): (Backend("127.0.21.40", 5432, "x"),),
}


def planned(
    users: dict[str, set[str]], closed: ClosedWays | None = None, ports: Ports | None = None
) -> dict[str, Route]:
    named = {service: frozenset(names) for service, names in users.items()}
    told = Users(named, "127.0.61.{}".format, closed or ClosedWays())
    zones = Zones(tuple(REGION_OF))
    made = routes("a", "here", HOSTS, STORES, ports or Ports(), zones, REGION_OF, {}, told)
    return {it.name: it for it in made if "@" in it.name}


def test_each_service_has_an_address_of_its_own_with_the_store_s_port() -> None:
    made = planned({"case": {"writer", "reader", "cache"}, "portal": {"writer", "cache"}})
    assert {name: (it.address, it.port) for name, it in made.items()} == {
        "case@writer": ("127.0.61.1", 5432),
        "portal@writer": ("127.0.61.2", 5432),
        "case@reader": ("127.0.61.3", 5432),
        "case@cache": ("127.0.61.1", 6379),
        "portal@cache": ("127.0.61.2", 6379),
    }


def test_who_names_no_store_has_no_listener_and_nobody_has_one_for_storage() -> None:
    assert planned({"portal": set()}) == {}
    assert list(planned({"portal": {"writer", storage_name("writer")}})) == ["portal@writer"]


def test_an_address_stays_whoever_comes_and_goes() -> None:
    ports = Ports()
    before = planned({"portal": {"writer"}}, ports=ports)[user_name("portal", "writer")]
    planned({"case": {"writer"}}, ports=ports)
    after = planned({"case": {"writer"}, "portal": {"writer"}}, ports=ports)
    assert after[user_name("portal", "writer")] == before


def test_only_who_is_refused_is_not_admitted() -> None:
    closed = ClosedWays(stores=frozenset({("portal", "a", "writer"), ("case", "x", "writer")}))
    made = planned({"case": {"writer"}, "portal": {"writer", "reader"}}, closed)
    assert {name for name, it in made.items() if not it.is_admitted} == {"portal@writer"}


def test_nobody_is_admitted_to_a_store_of_another_region() -> None:
    (route,) = planned({"portal": {"remote"}}).values()
    assert (route.port, route.is_admitted) == (5432, False)


def test_more_services_than_addresses_leave_some_without() -> None:
    made = planned({f"s{number:03}": {"writer"} for number in range(SERVICE_ADDRESSES + 1)})
    assert len(made) == SERVICE_ADDRESSES
    assert all(int(it.address.rpartition(".")[2]) <= SERVICE_ADDRESSES for it in made.values())


def test_a_refusal_survives_the_line_that_carries_it() -> None:
    route = Route("portal@n", "127.0.61.1", 5432, (), is_admitted=False)
    assert from_line(to_line(1, [route])) == (1, (route,))


def test_who_logs_in_with_a_token_does_so_under_the_services_names_only() -> None:
    login = StoreLogin("database", "cluster-1", ("postgres",))
    named = {"case": frozenset({"writer", "cache"})}
    told = Users(named, "127.0.61.{}".format, ClosedWays(), {"writer": login})
    made = routes("a", "here", HOSTS, STORES, Ports(), Zones(tuple(REGION_OF)), REGION_OF, {}, told)
    assert {it.name: it.login for it in made if it.login} == {
        "case@writer": LoginRule("database", ("postgres",))
    }

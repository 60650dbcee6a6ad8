"""Who reaches what, and how: the proxy of a zone as it is told."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from twin.runtime.directory import Backend
from twin.runtime.egress.configuration import Reach, egress
from twin.runtime.egress.faults import ANYBODY, AWS, EgressFaults, Fault
from twin.runtime.egress.model import Alias, EgressPlace, Service
from twin.runtime.network.aws_hosts import ENDPOINT_SERVICES
from twin.runtime.network.ways import ClosedWays

PLACE = EgressPlace("a", "eu-west-2", "127.0.1.3", Path("/access"), 1, "partners.example")
REACH = Reach(
    {"case": [Backend("127.0.1.80", 8080, "a")]}, Backend("127.0.0.1", 4566, None), None, ("hole", 9)
)


def service(name: str, namespace: str | None = "n", zones: tuple[str, ...] = ("a", "b")) -> Service:
    return Service("eu-west-2", name, zones, namespace, ((name, Alias(name, 8080, 15, 300)),))


SERVICES = [
    service("portal"),
    service("case"),
    service("stranger", "m"),
    service("alone", None),
    service("far", "n", ("b",)),
]
PORTS = {it.name: 10_000 + number for number, it in enumerate(SERVICES)}


def made(faults: EgressFaults | None = None):
    return egress(SERVICES, PORTS, REACH, faults or EgressFaults(), PLACE)


def hosts(name: str, faults: EgressFaults | None = None) -> dict[str, Any]:
    """Routes of a service's listener, by host."""
    told = made(faults).routes[f"service-{name}"]["virtual_hosts"]
    return {domain: it["routes"] for it in told for domain in it["domains"]}


def test_a_service_has_a_listener_where_its_tasks_may_run() -> None:
    listeners = made().listeners
    assert sorted(listeners) == ["service-alone", "service-case", "service-portal", "service-stranger"]
    assert listeners["service-case"]["address"]["socket_address"] == {
        "address": "127.0.1.3",
        "port_value": 10_001,
    }


def test_a_service_reaches_its_own_namespace_only() -> None:
    outside = ["*.amazonaws.com", "*.partners.example", "*"]
    assert {name: list(hosts(name)) for name in ("portal", "stranger", "alone")} == {
        "portal": ["portal", "case", "far", *outside],
        "stranger": ["stranger", *outside],
        "alone": outside,
    }


def test_retries_and_ejection_are_those_of_service_connect() -> None:
    route = hosts("portal")["case"][0]["route"]
    assert (route["cluster"], route["timeout"]) == ("mesh-case", "15.000s")
    assert route["retry_policy"]["num_retries"] == 2
    assert route["retry_policy"]["retriable_status_codes"] == [503]
    outliers = made().clusters["mesh-case"]["outlier_detection"]
    assert outliers["consecutive_local_origin_failure"] == 5
    assert (outliers["base_ejection_time"], outliers["max_ejection_time"]) == ("30.000s", "300.000s")
    assert made().clusters["mesh-case"].get("lb_policy", "ROUND_ROBIN") == "ROUND_ROBIN"


def test_calls_of_aws_are_neither_retried_nor_timed_out() -> None:
    (route,) = hosts("portal")["*.amazonaws.com"]
    assert route["route"] == {"cluster": "aws", "timeout": "0s"}


def test_a_fault_is_on_the_route_of_its_caller_and_destination() -> None:
    faults = EgressFaults()
    faults.put("portal", "case", Fault(delay_ms=200, delay_percent=50, abort_percent=1, abort_status=500))
    fault = hosts("portal", faults)["case"][0]["typed_per_filter_config"]["estate.fault"]
    assert fault["delay"] == {
        "fixed_delay": "0.200s",
        "percentage": {"numerator": 500_000, "denominator": "MILLION"},
    }
    assert fault["abort"] == {
        "http_status": 500,
        "percentage": {"numerator": 10_000, "denominator": "MILLION"},
    }
    assert "typed_per_filter_config" not in hosts("case", faults)["case"][0]


def test_a_host_that_a_fault_names_has_a_route_of_its_own() -> None:
    faults = EgressFaults()
    faults.put(ANYBODY, "dwp.partners.example", Fault(is_black_hole=True))
    told = hosts("portal", faults)
    assert told["dwp.partners.example"][0]["route"] == {"cluster": "black-hole", "timeout": "0s"}
    assert told["*.partners.example"][0]["route"]["cluster"] == "partners"


def test_the_narrower_fault_counts() -> None:
    faults = EgressFaults()
    by = {
        key: Fault(abort_percent=number)
        for number, key in enumerate([("a", "h"), (ANYBODY, "h"), ("a", AWS)])
    }
    for (caller, where), fault in by.items():
        faults.put(caller, where, fault)
    assert faults.of("a", "h", AWS) == by["a", "h"]
    assert faults.of("b", "h", AWS) == by[ANYBODY, "h"]
    assert faults.of("a", "other", AWS) == by["a", AWS]
    assert faults.of("b", "other", AWS) is None
    faults.clear("a", "h")
    assert faults.of("a", "h", AWS) == by[ANYBODY, "h"]


# What the network lets nobody begin


def closed_to(name: str, faults: EgressFaults | None = None, **members: Any) -> dict[str, Any]:
    """As `hosts`, with ways that are closed."""
    reach = replace(REACH, closed=ClosedWays(**{kind: frozenset(it) for kind, it in members.items()}))
    told = egress(SERVICES, PORTS, reach, faults or EgressFaults(), PLACE).routes[f"service-{name}"]
    return {domain: it["routes"] for it in told["virtual_hosts"] for domain in it["domains"]}


def by_endpoint(endpoints: dict[tuple[str, str, str], str], **ways: Any) -> dict[str, Any]:
    """What the portal's requests to AWS say of the endpoint that they come by, by host."""
    closed = ClosedWays(**{kind: frozenset(it) for kind, it in ways.items()})
    reach = replace(REACH, closed=closed, endpoints=endpoints)
    hosts = egress(SERVICES, PORTS, reach, EgressFaults(), PLACE).routes["service-portal"]["virtual_hosts"]
    return {
        domain: [added["header"]["value"] for added in it.get("request_headers_to_add", ())]
        or it.get("request_headers_to_remove")
        for it in hosts
        for domain in it["domains"]
    }


def test_the_control_plane_learns_from_the_egress_by_which_endpoint_a_request_comes() -> None:
    told = by_endpoint({("portal", "a", "sqs"): "vpce-1", ("case", "a", "sns"): "vpce-2"})
    assert told["sqs.eu-west-2.amazonaws.com"] == ["vpce-1"]
    assert told["*.amazonaws.com"] == ["x-estate-source-vpce"]
    assert "sns.eu-west-2.amazonaws.com" not in told
    assert told["*.partners.example"] is None


def test_a_bucket_comes_by_the_gateway_of_its_zone() -> None:
    told = by_endpoint({("portal", "a", "s3"): "vpce-s3", ("portal", "b", "s3"): "vpce-other"})
    assert told["*.s3.eu-west-2.amazonaws.com"] == ["vpce-s3"]


def test_an_endpoint_is_the_way_of_its_service_only_whatever_else_is_closed() -> None:
    told = by_endpoint(
        {("portal", "a", "sqs"): "vpce-1", ("portal", "a", "sns"): "vpce-2"},
        internet=[("portal", "a")],
        aws=[("portal", "a", it) for it in ENDPOINT_SERVICES if it != "sqs"],
    )
    assert (told["sqs.eu-west-2.amazonaws.com"], told["sns.eu-west-2.amazonaws.com"]) == (
        ["vpce-1"],
        ["vpce-2"],
    )


def leads_to(routes: list[dict[str, Any]]) -> str:
    return routes[0]["route"]["cluster"]


def test_a_service_that_may_not_be_called_is_given_up_as_one_that_does_not_answer() -> None:
    told = closed_to("portal", mesh=[("portal", "a", "case"), ("portal", "b", "far")])
    assert {name: leads_to(told[name]) for name in ("portal", "case", "far")} == {
        "portal": "mesh-portal",
        "case": "closed-mesh",
        "far": "mesh-far",
    }
    assert told["case"][0]["route"]["retry_policy"] == hosts("portal")["case"][0]["route"]["retry_policy"]
    configuration = made()
    given_up = configuration.clusters["closed-mesh"]
    assert given_up["connect_timeout"] == configuration.clusters["mesh-case"]["connect_timeout"]
    assert (
        configuration.endpoints["closed-mesh"]["endpoints"]
        == configuration.endpoints["black-hole"]["endpoints"]
    )


def test_another_caller_of_the_same_zone_is_not_concerned() -> None:
    told = closed_to("case", mesh=[("portal", "a", "case")], aws=[("portal", "a", "sqs")])
    assert told == hosts("case")


def test_one_service_of_aws_that_is_closed_hangs_and_the_others_do_not() -> None:
    told = closed_to("portal", aws=[("portal", "a", "sqs"), ("portal", "a", "s3")])
    silent = [domain for domain, routes in told.items() if leads_to_somewhere(routes) == "black-hole"]
    assert silent == [
        "s3.eu-west-2.amazonaws.com",
        "*.s3.eu-west-2.amazonaws.com",
        "sqs.eu-west-2.amazonaws.com",
    ]
    assert leads_to(told["*.amazonaws.com"]) == "aws"


def leads_to_somewhere(routes: list[dict[str, Any]]) -> str:
    return routes[0].get("route", {}).get("cluster", "")


def test_without_a_way_to_the_internet_only_services_with_endpoints_answer() -> None:
    open_services = {"sqs", "kinesis-streams"}
    told = closed_to(
        "portal",
        internet=[("portal", "a")],
        aws=[("portal", "a", it) for it in ENDPOINT_SERVICES if it not in open_services],
    )
    assert {domain for domain, routes in told.items() if leads_to_somewhere(routes) == "aws"} == {
        "sqs.eu-west-2.amazonaws.com",
        "kinesis.eu-west-2.amazonaws.com",
    }
    assert {leads_to(told[it]) for it in ("*.amazonaws.com", "*.partners.example")} == {"black-hole"}


@pytest.mark.parametrize("internet", [[("portal", "a")], []], ids=["without the internet", "with it"])
def test_a_fault_opens_no_way_and_its_host_stands_once(internet: list[tuple[str, str]]) -> None:
    faults = EgressFaults()
    for host in ("sqs.eu-west-2.amazonaws.com", "dwp.partners.example", "odd.amazonaws.com"):
        faults.put("portal", host, Fault(delay_ms=1))
    ways: dict[str, Any] = {"aws": [("portal", "a", "sqs")], "internet": internet}
    told = egress(
        SERVICES,
        PORTS,
        replace(REACH, closed=ClosedWays(**{kind: frozenset(it) for kind, it in ways.items()})),
        faults,
        PLACE,
    ).routes["service-portal"]["virtual_hosts"]
    names = [domain for it in told for domain in it["domains"]]
    assert len(names) == len(set(names))
    by_name = {domain: it["routes"] for it in told for domain in it["domains"]}
    silent = {host for _, host in faults.all() if leads_to(by_name[host]) == "black-hole"}
    everything = {host for _, host in faults.all()}
    assert silent == (everything if internet else {"sqs.eu-west-2.amazonaws.com"})


def test_what_the_network_closes_is_named_so_that_the_log_tells_it() -> None:
    told = closed_to("portal", mesh=[("portal", "a", "case")], aws=[("portal", "a", "sqs")])
    named = {host for host, routes in told.items() if routes[0].get("name") == "blocked"}
    assert named == {"case", "sqs.eu-west-2.amazonaws.com"}
    listener = made().listeners["service-portal"]
    assert '"route": "%ROUTE_NAME%"' in json.dumps(listener)

"""What is asked for is a fault of this twin, or is refused with the field that is wrong and what it may be."""

from typing import Any

import pytest

from twin.runtime.directory import RegionLink
from twin.runtime.egress.faults import Fault
from twin.runtime.faults.effect import (
    EgressDisturbed,
    LinkDisturbed,
    ZoneDisturbed,
    egress_faults,
    region_links,
    zone_condition,
)
from twin.runtime.faults.exceptions import FaultRefused, Objection
from twin.runtime.faults.kinds import parse
from twin.runtime.zones import Link, ZoneCondition

ZONES = ("eu-west-2a", "eu-west-2b")
REGIONS = ("eu-west-2", "eu-west-1")
NAMES = (
    "zone-power-loss",
    "zone-freeze",
    "zone-cut",
    "zone-degraded",
    "task-freeze",
    "task-kill",
    "egress",
    "region-link",
    "control-plane-loss",
    "process-kill",
)
A = "eu-west-2a"


@pytest.mark.parametrize(
    ("asked", "effect"),
    [
        ({"kind": "zone-power-loss", "zone": A}, ZoneDisturbed(A, has_power=False)),
        ({"kind": "zone-freeze", "zone": A}, ZoneDisturbed(A, is_frozen=True)),
        ({"kind": "zone-cut", "zone": A}, ZoneDisturbed(A, boundary=Link(is_open=False))),
        (
            {"kind": "zone-degraded", "zone": A, "latency_ms": 20, "loss_percent": 1},
            ZoneDisturbed(A, boundary=Link(latency_ms=20, loss_percent=1)),
        ),
        (
            {"kind": "egress", "destination": "dwp.partners.x", "delay_ms": 100},
            EgressDisturbed("any", "dwp.partners.x", Fault(delay_ms=100)),
        ),
        (
            {
                "kind": "egress",
                "destination": "case",
                "caller": "portal",
                "abort_percent": 50,
                "abort_status": 502,
            },
            EgressDisturbed("portal", "case", Fault(abort_percent=50, abort_status=502)),
        ),
        (
            {"kind": "region-link", "regions": ["eu-west-2", "eu-west-1"], "is_cut": True},
            LinkDisturbed(("eu-west-1", "eu-west-2"), RegionLink(is_open=False)),
        ),
    ],
    ids=lambda it: it["kind"] if isinstance(it, dict) else "",
)
def test_a_fault_says_what_it_does(asked: dict[str, Any], effect: object) -> None:
    assert parse(asked, ZONES, REGIONS).effects() == (effect,)


@pytest.mark.parametrize(
    ("asked", "objection"),
    [
        ({"kind": "earthquake"}, Objection("kind", "Must be one of those allowed, got 'earthquake'.", NAMES)),
        ({}, Objection("kind", "Must be one of those allowed, got None.", NAMES)),
        ({"kind": "zone-cut"}, Objection("zone", "Field required.")),
        (
            {"kind": "zone-cut", "zone": "eu-west-9a"},
            Objection("zone", "Must be of this twin's, got 'eu-west-9a'.", ZONES),
        ),
        (
            {"kind": "zone-cut", "zone": A, "seconds": 0},
            Objection("seconds", "Input should be greater than 0, got 0."),
        ),
        (
            {"kind": "zone-cut", "zone": A, "sconds": 3},
            Objection("sconds", "Extra inputs are not permitted, got 3."),
        ),
        (
            {"kind": "zone-degraded", "zone": A, "loss_percent": 101},
            Objection("loss_percent", "Input should be less than or equal to 100, got 101."),
        ),
        (
            {"kind": "region-link", "regions": ["eu-west-2", "us-east-1"]},
            Objection("regions", "Must be of this twin's, got 'us-east-1'.", REGIONS),
        ),
        (
            {"kind": "control-plane-loss", "how": "gently"},
            Objection("how", "Input should be 'freeze' or 'kill', got 'gently'.", ("freeze", "kill")),
        ),
    ],
    ids=lambda it: str(it) if isinstance(it, dict) else "",
)
def test_what_is_no_fault_is_refused_with_its_field(asked: dict[str, Any], objection: Objection) -> None:
    with pytest.raises(FaultRefused) as refused:
        parse(asked, ZONES, REGIONS)
    assert refused.value.objections == (objection,)


@pytest.mark.parametrize(
    "asked", [{"kind": "zone-degraded", "zone": A}, {"kind": "egress", "destination": "case"}]
)
def test_a_fault_that_would_do_nothing_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(FaultRefused, match="would do nothing"):
        parse(asked, ZONES, REGIONS)


def test_effects_on_a_zone_add_up_and_leave_its_zonal_shift() -> None:
    effects = [
        ZoneDisturbed(A, boundary=Link(latency_ms=20)),
        ZoneDisturbed(A, boundary=Link(latency_ms=30, loss_percent=50)),
        ZoneDisturbed("eu-west-2b", has_power=False),
    ]
    before = ZoneCondition(has_power=False, is_shifted_away=True)
    assert zone_condition(A, effects, before) == ZoneCondition(
        boundary=Link(latency_ms=50, loss_percent=50), is_shifted_away=True
    )


def test_a_zone_has_power_again_when_no_fault_takes_it_any_more() -> None:
    dark, late = ZoneDisturbed(A, has_power=False), ZoneDisturbed(A, boundary=Link(latency_ms=20))
    frozen = ZoneDisturbed(A, is_frozen=True)
    for effects in ([dark, late, frozen], [frozen, late, dark]):
        found = zone_condition(A, effects, ZoneCondition())
        assert (found.has_power, found.is_frozen) == (False, True)
    assert zone_condition(A, [late], ZoneCondition(has_power=False)).has_power


def test_of_two_faults_of_one_way_out_the_later_counts() -> None:
    first, second = Fault(delay_ms=1), Fault(is_black_hole=True)
    effects = [EgressDisturbed("any", "case", first), EgressDisturbed("any", "case", second)]
    assert egress_faults(effects) == {("any", "case"): second}
    assert egress_faults(effects[:1]) == {("any", "case"): first}


def test_of_two_faults_of_one_link_the_worse_counts() -> None:
    regions = ("eu-west-1", "eu-west-2")
    effects = [
        LinkDisturbed(regions, RegionLink(latency_ms=50, bytes_per_second=1000)),
        LinkDisturbed(regions, RegionLink(is_open=False, latency_ms=10)),
    ]
    assert region_links(effects) == {regions: RegionLink(False, 50, 1000)}

"""The catalogue says what the agency runs."""

from collections import Counter
from types import ModuleType

import catalogue
from catalogue import Basis, Catalogue, Demand, Launch


def test_every_benefit_is_there_and_in_its_cell(real: Catalogue) -> None:
    slugs_by_cell = {
        cell: [slug for slug, benefit in real.benefits.items() if benefit.cell == cell] for cell in real.cells
    }

    assert slugs_by_cell == {
        "families": [
            "best-start-grant-pregnancy-and-baby",
            "best-start-grant-early-learning",
            "best-start-grant-school-age",
            "best-start-foods",
            "scottish-child-payment",
        ],
        "disability": [
            "child-winter-heating-payment",
            "child-disability-payment",
            "adult-disability-payment",
            "pension-age-disability-payment",
            "scottish-adult-disability-living-allowance",
            "employment-injury-assistance",
        ],
        "carers": ["carers-allowance-supplement", "young-carer-grant", "carer-support-payment"],
        "seasonal-and-one-off": [
            "funeral-support-payment",
            "job-start-payment",
            "winter-heating-payment",
            "pension-age-winter-heating-payment",
        ],
    }


def test_only_employment_injury_assistance_is_planned(real: Catalogue) -> None:
    planned = [slug for slug, benefit in real.benefits.items() if benefit.status == "planned"]

    assert planned == ["employment-injury-assistance"]
    assert "employment-injury-assistance" in real.estate("local").benefits
    assert "employment-injury-assistance" not in real.estate("prod").benefits


def test_demand_is_what_was_published(real: Catalogue) -> None:
    demand = real.demand("scottish-child-payment")

    assert (demand.usual_per_month, demand.launch) == (4590, Launch(applications=89000, days=2))
    assert demand.basis is Basis.SEEN


def test_a_benefit_without_figures_has_its_cells_demand(real: Catalogue) -> None:
    assert real.benefits["young-carer-grant"].demand is None
    assert real.demand("young-carer-grant") == real.cells["carers"].demand
    assert isinstance(real.estate("local").demand("young-carer-grant"), Demand)


def test_every_system_of_the_agency_is_a_service(real: Catalogue) -> None:
    assert sorted(real.services) == [
        *("analytics", "case", "correspondence", "decision", "documents"),
        *("exchange-government", "exchange-health", "exchange-local-authority", "exchange-third-sector"),
        *(
            "field-sync",
            "fraud-debt-error",
            "hub",
            "interaction",
            "low-code",
            "master-data",
            "payments",
            "portal",
        ),
    ]


def test_partners_are_on_the_exchange_service_of_their_kind(real: Catalogue) -> None:
    assert Counter((partner.kind, partner.service) for partner in real.partners.values()) == {
        ("government", "exchange-government"): 5,
        ("local-authority", "exchange-local-authority"): 32,
        ("health", "exchange-health"): 14,
        ("third-sector", "exchange-third-sector"): 1,
    }


def test_a_partner_overrides_what_its_kind_says(real: Catalogue) -> None:
    kind = real.partner_kinds["government"]

    assert (real.partners["dwp"].calls_per_second, kind.calls_per_second) == (50, 20)
    assert real.partners["dwp"].circuit_breaker == kind.circuit_breaker


def test_every_target_of_a_tier_is_marked_as_an_assumption(real: Catalogue) -> None:
    targets = [
        target
        for tier in real.tiers.values()
        for target in (tier.rto, tier.rpo, tier.availability, tier.p99_latency)
    ]

    assert len(targets) == 16
    assert all(target.assumption and target.reason for target in targets)


def test_every_store_is_used(real: Catalogue) -> None:
    estate = real.estate("local")

    assert {store.name for _, store in real.stores()} == {
        *estate.databases, *estate.caches, *estate.buckets, *estate.queues,
        *estate.topics, *estate.buses, *estate.streams,
    }  # fmt: skip


def test_the_portal_is_asked_last(real: Catalogue) -> None:
    others = [benefit.listener_priority for benefit in real.benefits.values()]
    others += [s.public.priority for name, s in real.services.items() if s.public and name != "portal"]
    portal = real.services["portal"].public

    assert portal is not None
    assert portal.paths == ("/*",)
    assert portal.priority > max(others)


def test_what_the_package_shows_is_what_it_names() -> None:
    visible = {
        name
        for name, value in vars(catalogue).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }

    assert visible == set(catalogue.__all__)

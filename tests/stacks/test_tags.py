"""The mandatory tags."""

from collections.abc import Mapping

from catalogue import Catalogue
from stacks.names import Layer, StackName
from tests.stacks.graph import Graph, Resource

MANDATORY = {"environment", "layer", "owner", "data-class", "cost-centre"}
OPTIONAL = {"backup", "partner", "tier", "Name"}
"""What selects backups, what belongs to one partner, which kind of subnet, and what EC2's console shows."""
UNTAGGED_ON_PURPOSE: Mapping[str, str] = {}
"""Types that take tags and have none, with the reason."""


def tagged(graph: Graph) -> list[Resource]:
    return [it for it in graph if it.is_taggable and it.type not in UNTAGGED_ON_PURPOSE]


def test_everything_that_can_be_tagged_has_the_mandatory_tags(graph: Graph) -> None:
    assert len(tagged(graph)) > len(graph.resources) / 2
    assert {
        str(it): sorted(MANDATORY - it.tags.keys()) for it in tagged(graph) if MANDATORY - it.tags.keys()
    } == {}


def test_everything_belongs_to_a_service_or_a_benefit_and_to_one_only(graph: Graph) -> None:
    wrong = [str(it) for it in tagged(graph) if ("service" in it.tags) == ("benefit" in it.tags)]
    assert wrong == []


def test_drafts_are_tagged_as_their_cell(graph: Graph, environment: str, real: Catalogue) -> None:
    estate = real.estate(environment)
    drafts = [it for it in tagged(graph) if it.tags.get("service", "").startswith("drafts-")]
    assert {it.tags["service"]: it.tags["data-class"] for it in drafts} == {
        f"drafts-{name}": it.data_class for name, it in estate.cells.items()
    }


def test_no_tag_is_one_that_nobody_has_heard_of(graph: Graph) -> None:
    known = MANDATORY | OPTIONAL | {"service", "benefit"}
    assert {key for it in tagged(graph) for key in it.tags} <= known


def test_environment_and_layer_are_those_of_the_stack(graph: Graph) -> None:
    wrong = {}
    for it in tagged(graph):
        name = StackName.parse(it.stack)
        if (it.tags["environment"], it.tags["layer"]) != (name.environment, name.layer):
            wrong[str(it)] = (it.tags["environment"], it.tags["layer"])
    assert wrong == {}


def test_owner_and_data_class_are_the_catalogues_and_the_cost_centre_is_the_owners(
    graph: Graph, real: Catalogue
) -> None:
    wrong = [
        str(it)
        for it in tagged(graph)
        if it.tags["data-class"] not in real.data_classes
        or it.tags["owner"] not in real.owners
        or it.tags["cost-centre"] != real.owners[it.tags["owner"]].cost_centre
    ]
    assert wrong == []


def test_service_and_benefit_are_names_that_the_catalogue_has(
    graph: Graph, environment: str, real: Catalogue
) -> None:
    estate = real.estate(environment)
    services = {*Layer, *estate.services, "partner-rotation"}
    services |= {f"{kind}-{name}" for kind in ("cell", "drafts") for name in estate.cells}
    for kind in ("database", "cache", "bucket", "queue", "topic", "stream", "bus"):
        stores = estate.buses if kind == "bus" else getattr(estate, f"{kind}s")
        services |= {f"{kind}-{name}" for name in stores}
    # A partner's queue and secret are there before the exchange service that uses them is.
    services |= {partner.service for partner in estate.partners.values()}

    assert {it.tags["service"] for it in tagged(graph) if "service" in it.tags} <= services
    assert {it.tags["benefit"] for it in tagged(graph) if "benefit" in it.tags} == set(estate.benefits)


def test_what_a_store_keeps_is_tagged_with_the_stores_data_class(
    graph: Graph, environment: str, real: Catalogue
) -> None:
    estate = real.estate(environment)
    wrong = [
        str(it)
        for kind in ("database", "cache", "bucket", "queue", "topic", "stream")
        for name, store in getattr(estate, f"{kind}s").items()
        for it in tagged(graph)
        if it.tags.get("service") == f"{kind}-{name}" and it.tags["data-class"] != store.data_class
    ]
    assert wrong == []

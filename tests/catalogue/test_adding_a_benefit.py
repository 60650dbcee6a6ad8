"""A benefit is one entry; another cell is one line."""

from dataclasses import fields

from catalogue import Catalogue, Estate
from tests.catalogue.conftest import CatalogueCopy

ENTRY = """
kinship-care-payment:
  name: Kinship Care Payment
  cell: {cell}
  clients: People who bring up the child of a relative.
  tier: important
  data_class: {data_class}
  owner: families-benefits
  cost_centre: families-benefits
  retention_years: 6
  listener_priority: 500
"""
NOT_COMPARED = {"benefits", "catalogue"}
"""`catalogue` is the whole, of which every other field is a part."""


def without(estate: Estate, benefit: str) -> dict[str, object]:
    view: dict[str, object] = {
        field.name: getattr(estate, field.name) for field in fields(estate) if field.name not in NOT_COMPARED
    }
    view["benefits"] = {slug: entry for slug, entry in estate.benefits.items() if slug != benefit}
    names = (*estate.cells, *estate.services)
    view["tasks"] = {name: (estate.tasks(name, "primary"), estate.tasks(name, "standby")) for name in names}
    return view


def test_one_entry_adds_one_benefit_and_changes_nothing_else(real: Catalogue, copy: CatalogueCopy) -> None:
    changed = copy.append("benefits.yaml", ENTRY.format(cell="families", data_class="personal")).load()

    for name in real.environments:
        before, after = real.estate(name), changed.estate(name)
        assert set(after.benefits) - set(before.benefits) == {"kinship-care-payment"}
        assert without(after, "kinship-care-payment") == without(before, "kinship-care-payment")


def test_a_new_benefit_of_a_cell_has_its_demand_and_path(copy: CatalogueCopy) -> None:
    changed = copy.append("benefits.yaml", ENTRY.format(cell="families", data_class="personal")).load()
    estate = changed.estate("local")

    assert estate.benefits["kinship-care-payment"] in estate.benefits_of("families")
    assert estate.benefits["kinship-care-payment"].path == "/benefits/kinship-care-payment/*"
    assert estate.demand("kinship-care-payment") == estate.cells["families"].demand


def test_one_line_moves_a_benefit_to_a_cell_of_its_own(real: Catalogue, copy: CatalogueCopy) -> None:
    entry = "scottish-child-payment:\n  name: Scottish Child Payment\n  cell: "
    moved = copy.change("benefits.yaml", f"{entry}families", f"{entry}own").change(
        "environments.yaml",
        "{at_rest: 36, at_rest_standby: 6, in_all: 60}",
        "{at_rest: 39, at_rest_standby: 6, in_all: 63}",
    )
    changed = moved.load()
    cell = changed.cells["scottish-child-payment"]

    assert set(changed.cells) - set(real.cells) == {"scottish-child-payment"}
    assert (cell.own, cell.tier, cell.data_class, cell.owner) == (
        True,
        "important",
        "personal",
        "families-benefits",
    )
    assert [b.slug for b in changed.estate("prod").benefits_of(cell.name)] == ["scottish-child-payment"]
    assert {name: changed.cells[name] for name in real.cells} == dict(real.cells)


def test_a_cell_of_its_own_keeps_cases_in_the_least_sensitive_database_that_may(copy: CatalogueCopy) -> None:
    copy.append("benefits.yaml", ENTRY.format(cell="own", data_class="personal"))
    copy.append("benefits.yaml", _health_benefit())
    copy.change("environments.yaml", "  task_limits: {at_rest: 36, at_rest_standby: 6, in_all: 60}\n", "")
    changed = copy.load()

    assert changed.cells["kinship-care-payment"].database == "core"
    assert changed.cells["hearing-aid-payment"].database == "sensitive"


def test_a_cell_of_its_own_stands_only_where_its_benefit_does(copy: CatalogueCopy) -> None:
    planned = ENTRY.format(cell="own", data_class="personal") + "  status: planned\n"
    copy.append("benefits.yaml", planned)
    copy.change("environments.yaml", "  task_limits: {at_rest: 36, at_rest_standby: 6, in_all: 60}\n", "")
    changed = copy.load()

    standing = [name for name in changed.environments if "kinship-care-payment" in changed.estate(name).cells]
    assert standing == ["local", "dev", "staging"]


def test_a_cell_of_its_own_that_the_twin_cannot_carry_is_refused(copy: CatalogueCopy) -> None:
    copy.append("benefits.yaml", ENTRY.format(cell="own", data_class="personal"))

    assert copy.problems() == [
        "environments.yaml: local.task_limits.at_rest: The tasks that services and cells ask for, "
        "39, must be within "
        "the limit, got 36. Lower counts of this scale, or raise the limit if the machine can carry more.",
        "environments.yaml: local.task_limits.in_all: The tasks that services and cells ask for, "
        "63, must be within "
        "the limit, got 60. Lower counts of this scale, or raise the limit if the machine can carry more.",
    ]


def _health_benefit() -> str:
    text = ENTRY.format(cell="own", data_class="special-category").replace("kinship-care", "hearing-aid")
    return text.replace("Kinship Care", "Hearing Aid").replace("500", "510")

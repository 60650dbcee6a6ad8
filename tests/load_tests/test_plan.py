"""What an environment can be asked, and what it cannot."""

import pytest

from catalogue import CatalogueError, OperationKind
from load_tests.exceptions import LaunchUnknown, LoadError
from load_tests.plan import Plan, PlanSettings, fitted
from tests.load_tests.plans import CATALOGUE

EDGE = "http://127.3.0.10:8080"


def planned(environment: str = "slice", launch: str = "ten-fold-step", edge: str | None = EDGE) -> Plan:
    return Plan.of(CATALOGUE, PlanSettings(environment, launch, 1, "run", edge=edge))


@pytest.mark.parametrize("launch", sorted(CATALOGUE.launches))
@pytest.mark.parametrize("environment", ["slice", "local"])
def test_every_launch_can_be_run_on_either_twin(environment: str, launch: str) -> None:
    plan = planned(environment, launch)

    assert plan.target == EDGE
    assert plan.schedule.expected > 1


def test_where_nobody_takes_evidence_its_share_goes_to_the_other_operations() -> None:
    mix = CATALOGUE.mixes["launch-day"]
    found, left_out = fitted(mix, CATALOGUE.estate("slice"))

    assert left_out == {OperationKind.EVIDENCE: "Nothing here takes evidence."}
    assert sum(found.percent.values()) == pytest.approx(100)
    assert found.percent[OperationKind.SAVE] == pytest.approx(31 / 0.9)
    assert fitted(mix, CATALOGUE.estate("local")) == (mix, {})


def test_under_faults_nobody_asks_for_what_one_task_does_and_its_zone_takes_along() -> None:
    mix = CATALOGUE.mixes["launch-day"]
    found, left_out = fitted(mix, CATALOGUE.estate("local"), under_faults=True)

    assert list(left_out) == [OperationKind.EVIDENCE]
    assert left_out[OperationKind.EVIDENCE].startswith("One task takes evidence here")
    assert OperationKind.EVIDENCE not in found.percent
    assert fitted(mix, CATALOGUE.estate("prod"), under_faults=True) == (mix, {})


def test_the_load_of_experiments_and_drills_is_one_under_faults() -> None:
    assert [name for name, it in CATALOGUE.launches.items() if it.under_faults] == [
        "steady",
        "steady-in-either-region",
    ]
    assert OperationKind.EVIDENCE not in planned("local", "steady").schedule.mix.percent
    assert OperationKind.EVIDENCE in planned("local", "ten-fold-step").schedule.mix.percent


def test_an_unknown_launch_is_named_with_those_that_there_are() -> None:
    with pytest.raises(LaunchUnknown) as caught:
        planned(launch="ten-fold")

    assert str(caught.value) == (
        "There is no launch 'ten-fold' in launches.yaml. There are emergency-benefit-day, "
        "scottish-child-payment-2022, steady, steady-in-either-region, ten-fold-step."
    )
    assert isinstance(caught.value, LoadError)


def test_a_launch_of_a_benefit_that_the_environment_does_not_have_is_refused() -> None:
    launch = CATALOGUE.launches["ten-fold-step"].model_copy(
        update={"benefits": ("adult-disability-payment",)}
    )
    launches = {**CATALOGUE.launches, "ten-fold-step": launch}
    catalogue = type(CATALOGUE)(**{**vars(CATALOGUE), "launches": launches})

    with pytest.raises(
        LaunchUnknown, match="is a launch of adult-disability-payment, and 'slice' does not have it"
    ):
        Plan.of(catalogue, PlanSettings("slice", "ten-fold-step", 1, "run", edge=EDGE))


def test_an_unknown_environment_is_the_catalogues_to_refuse() -> None:
    with pytest.raises(CatalogueError, match="Did you mean 'slice'"):
        planned("slyce")

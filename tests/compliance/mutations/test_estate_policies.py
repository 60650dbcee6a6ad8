"""A fault in the estate itself fails the agency's policy that is against it, where it is and nowhere else."""

from collections.abc import Iterator

import pytest

from catalogue import load_catalogue
from compliance.plan import Plan, write
from compliance.scanner import Scanner, Verdict
from estate.commands.scan import agency_of
from tests.compliance.mutations.estate_faults import FAULTS, EstateFault, planned

pytestmark = pytest.mark.timeout(600)

Failures = set[tuple[str, str]]
"""Checks and the names of the resources that fail them."""


@pytest.fixture(scope="module")
def own_scanner() -> Iterator[Scanner]:
    """With the catalogue's data classes and owners, which the slice's tags name."""
    with Scanner(agency_of(load_catalogue()).to_json()) as scanner:
        yield scanner


@pytest.fixture(scope="module")
def failures(own_scanner: Scanner, tmp_path_factory: pytest.TempPathFactory) -> tuple[Failures, Failures]:
    """Of the slice as it is, and with every fault."""
    folder = tmp_path_factory.mktemp("slice")
    whole, faulty = planned()

    def failing(plan: Plan) -> Failures:
        write(plan, folder / "plan.json")
        records = own_scanner.scan(folder / "plan.json").plan.records
        return {
            (it.check, plan.resources[it.address].urn.rpartition("::")[2])
            for it in records
            if it.verdict is Verdict.FAILED and it.check.startswith("CKV_ESTATE_")
        }

    return failing(whole), failing(faulty)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_fails_its_policy_where_it_is_and_nowhere_else(
    failures: tuple[Failures, Failures], fault: EstateFault
) -> None:
    as_it_is, faulty = failures
    assert {name for check, name in faulty - as_it_is if check == fault.check} == fault.failing


def test_every_policy_of_the_agency_has_a_fault_of_the_estates() -> None:
    assert [it.check for it in FAULTS.values()] == [f"CKV_ESTATE_{number}" for number in range(1, 12)]

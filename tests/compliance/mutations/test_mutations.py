"""A single fault is found by the check that looks for it, at its own resource and line, and nowhere else."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from compliance.plan import Plan, write
from compliance.results import Resource, SourceLine
from compliance.scanner import Scanner, ScannerRecords, Verdict
from tests.compliance.mutations.estates import AREAS, line_of, planned
from tests.compliance.mutations.program.faults import FAULTS, Fault

pytestmark = pytest.mark.timeout(1_200)

Judged = tuple[Plan, ScannerRecords]

SAMPLE = frozenset(
    {
        "instance-public",
        "vpc-not-logged",
        "bucket-lets-acls-in",
        "aurora-instance-not-watched",
        "secret-never-rotated",
        "policy-allows-everything",
        "queue-for-anybody",
        "edge-without-firewall",
        "one-namesake-plain",
    }
)
"""One fault of each area; the others are run at full size."""

EACH = [
    pytest.param(name, fault, id=name, marks=() if name in SAMPLE else pytest.mark.full)
    for name, fault in FAULTS.items()
]


@pytest.fixture(scope="module")
def judged(
    request: pytest.FixtureRequest, scanner: Scanner, tmp_path_factory: pytest.TempPathFactory
) -> Judged:
    """The estates that are asked for, with one fault each or none, in one plan: a stack sees nothing of the others."""
    plan = planned([*AREAS, *_asked_for(request.session)])
    path = tmp_path_factory.mktemp("mutations") / "plan.json"
    write(plan, path)
    return plan, scanner.scan(path)


def _asked_for(session: pytest.Session) -> list[str]:
    """The faults whose tests are to be run."""
    chosen = [it for it in session.items if isinstance(it, pytest.Function) and hasattr(it, "callspec")]
    names = {it.callspec.params.get("name") for it in chosen}
    return [it for it in FAULTS if it in names]


def failing(judged: Judged, stack: str, check: str) -> list[Resource]:
    plan, records = judged
    addresses = [
        it.address for it in records.plan.records if it.check == check and it.verdict is Verdict.FAILED
    ]
    return [it for it in map(plan.resources.__getitem__, addresses) if it.stack == stack]


def passing(judged: Judged, stack: str, check: str) -> Mapping[str, Resource]:
    plan, records = judged
    found = (it for it in records.plan.records if it.check == check and it.verdict is Verdict.PASSED)
    resources = (plan.resources[it.address] for it in found)
    return {it.urn.rpartition("::")[2]: it for it in resources if it.stack == stack}


@pytest.mark.parametrize(("name", "fault"), EACH)
def test_a_fault_fails_its_check_at_its_resource_alone(judged: Judged, name: str, fault: Fault) -> None:
    found = failing(judged, name, fault.check)
    assert [it.urn.rpartition("::")[2] for it in found] == [fault.failing]
    assert found[0].source == SourceLine(f"areas/{fault.area}.py", line_of(fault.area, fault.mark))


@pytest.mark.parametrize(("name", "fault"), EACH)
def test_without_the_fault_the_check_passes(judged: Judged, name: str, fault: Fault) -> None:
    assert failing(judged, fault.area, fault.check) == []
    assert fault.failing in passing(judged, fault.area, fault.check)


def test_the_call_that_wanted_the_component_is_told_too(judged: Judged) -> None:
    text = Path(__file__).with_name("program").joinpath("__main__.py").read_text().splitlines()
    call = 1 + next(number for number, line in enumerate(text) if "AREAS[area](" in line)
    places = {it.instantiated for it in judged[0].resources.values()}
    assert places == {SourceLine("__main__.py", call)}


def test_every_resource_was_scanned(judged: Judged) -> None:
    plan, records = judged
    assert records.plan.resources == plan.resources.keys()
    assert records.raised == []


def test_at_least_forty_faults_over_every_area_and_checks_on_connections() -> None:
    assert len(FAULTS) >= 40
    assert AREAS == [
        "compute", "database", "edge", "identity", "keys", "messaging", "namesakes", "network", "storage",
    ]  # fmt: skip
    assert {FAULTS[it].area for it in SAMPLE} == set(AREAS)
    assert sum(it.check.startswith("CKV2_") for it in FAULTS.values()) >= 10

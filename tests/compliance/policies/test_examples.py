"""Each policy is shown by resources that it fails and resources that it passes."""

from pathlib import Path

import pytest
import yaml

from compliance.gate import Canaries
from compliance.gate.canaries import CANARIES
from compliance.scanner import POLICIES, Scanner

MODULES = sorted(it.stem for it in POLICIES.glob("[!_]*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_it_has_an_example_that_fails_and_one_that_passes(module: str) -> None:
    examples = yaml.safe_load((CANARIES / "policies" / f"{module}.yaml").read_text())
    assert examples["fails"]
    assert examples["passes"]


def test_every_policy_of_the_agency_has_examples_of_both(canaries: Canaries) -> None:
    failing = {check for check, _ in canaries.fails if check.startswith("CKV_ESTATE_")}
    passing = {check for check, _ in canaries.passes if check.startswith("CKV_ESTATE_")}
    assert failing == passing == {f"CKV_ESTATE_{number + 1}" for number in range(len(MODULES))}


def test_each_example_of_a_policy_is_judged_by_it(
    scanner: Scanner, canaries: Canaries, tmp_path: Path
) -> None:
    found = scanner.scan(canaries.write(tmp_path / "canaries.json")).plan
    told = {(it.check, it.address, str(it.verdict)) for it in found.records}
    wanted = {(*pair, "FAILED") for pair in canaries.fails} | {(*pair, "PASSED") for pair in canaries.passes}
    assert wanted <= told

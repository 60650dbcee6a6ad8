"""Checkov is loaded once in a run of these tests: that takes longer than any scan of theirs."""

from collections.abc import Iterator

import pytest

from compliance.gate import Canaries
from compliance.scanner import Scanner
from tests.compliance.plans import AGENCY


@pytest.fixture(scope="session")
def scanner() -> Iterator[Scanner]:
    with Scanner(AGENCY.to_json()) as scanner:
        yield scanner


@pytest.fixture(scope="session")
def canaries() -> Canaries:
    return Canaries.read()

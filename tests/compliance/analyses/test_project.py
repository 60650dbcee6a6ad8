"""The project itself: nothing is found in it that nobody has looked at, and no review covers nothing."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest

from compliance.analyses import leaked_secrets, least_privilege, licences, static_code, transport_security
from compliance.results import AnalysisResult
from engine.resource import Registration
from estate.evaluation import Evaluation
from tests.compliance.analyses.graph import PROJECT

TODAY = datetime.now(UTC).date()
"""Reviews expire: a test that held yesterday may ask for one to be renewed today."""


def _open(result: AnalysisResult) -> list[tuple[str, str, str]]:
    return [(it["rule"], it["place"], it["text"]) for it in result.findings]


def _slice() -> list[Registration]:
    with Evaluation.of("slice") as evaluation:
        session = evaluation.session()
        runs = session.every([str(it) for it in evaluation.stacks()], session.preview)
    return [registration for run in runs for registration in run.deployment.registrations.values()]


def test_every_licence_of_what_is_installed_is_known_and_accepted() -> None:
    result = licences.run(PROJECT, today=TODAY)

    assert (_open(result), result.figures["unused_reviews"]) == ([], [])


@pytest.mark.full
@pytest.mark.parametrize("run", [leaked_secrets.run, static_code.run])
def test_nothing_is_found_in_the_repository_that_was_not_looked_at(
    run: Callable[..., AnalysisResult],
) -> None:
    result = run(PROJECT, today=TODAY)

    assert (_open(result), result.figures["unused_reviews"]) == ([], [])


@pytest.mark.full
@pytest.mark.parametrize("analysis", [least_privilege, transport_security])
def test_nothing_is_declared_that_was_not_looked_at(analysis: object) -> None:
    run = partial(analysis.run, _slice(), PROJECT, today=TODAY)  # pyright: ignore[reportAttributeAccessIssue]

    assert _open(run()) == []

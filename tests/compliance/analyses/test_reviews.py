"""A review covers the findings that it names, as long as it holds, and shows what it covered."""

from datetime import date
from pathlib import Path

import pytest

from compliance.analyses.exceptions import RegisterWrong
from compliance.analyses.finding import AnalysisFinding
from compliance.analyses.reviews import REGISTER, Judgement, Review, load_reviews, sift
from compliance.results import Severity

TODAY = date(2026, 6, 1)
REASON = "It is a made-up word of a test, and opens nothing anywhere."
ANALYSES = (
    "least_privilege",
    "transport_security",
    "dependencies",
    "leaked_secrets",
    "static_code",
    "licences",
    "dynamic",
)


def _finding(subject: str = "a/b.py", rule: str = "R1", text: str = "x") -> AnalysisFinding:
    return AnalysisFinding(rule, "t", subject, Severity.LOW, subject, text)


def _review(expires: date | None = None, **changes: object) -> Review:
    accepted = {"judgement": Judgement.ACCEPTED, "owner": "sre", "expires": expires} if expires else {}
    entry = {"rule": "R1", "subject": "a/*", "judgement": Judgement.FALSE_POSITIVE, "reason": REASON}
    return Review.model_validate(entry | accepted | changes)


@pytest.mark.parametrize(
    ("review", "finding", "covers"),
    [
        pytest.param(_review(), _finding(), True, id="rule and glob"),
        pytest.param(_review(), _finding(subject="c/b.py"), False, id="another subject"),
        pytest.param(_review(), _finding(rule="R2"), False, id="another rule"),
        pytest.param(_review(texts=("x", "y")), _finding(), True, id="one of its texts"),
        pytest.param(_review(texts=("y",)), _finding(), False, id="none of its texts"),
        pytest.param(_review(expires=TODAY), _finding(), True, id="on its last day"),
        pytest.param(_review(expires=date(2026, 5, 31)), _finding(), False, id="the day after"),
    ],
)
def test_a_finding_is_open_unless_a_review_that_holds_covers_it(
    review: Review, finding: AnalysisFinding, covers: bool
) -> None:
    sifted = sift([finding], [review], TODAY)

    assert (list(sifted.open), [it for it, _ in sifted.reviewed]) == (
        ([], [finding]) if covers else ([finding], [])
    )


def test_unused_and_expired_reviews_are_told_apart() -> None:
    unused, expired = _review(subject="z/*"), _review(expires=date(2026, 5, 31))
    lapsed_and_unused = _review(expires=date(2026, 5, 31), subject="z/*")

    sifted = sift([_finding()], [unused, expired, lapsed_and_unused], TODAY)

    assert (sifted.unused, sifted.expired) == ([unused], [expired])
    assert sifted.figures()["expired_reviews"][0]["owner"] == "sre"


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        pytest.param("judgement: accepted", "owner", id="accepted by nobody"),
        pytest.param("judgement: false-positive\n    owner: x\n    odd: 1", "odd", id="an unknown key"),
        pytest.param("judgement: fine", "judgement", id="an unknown judgement"),
    ],
)
def test_a_register_that_breaks_its_rules_is_refused(tmp_path: Path, entry: str, says: str) -> None:
    path = tmp_path / "reviewed.yaml"
    path.write_text(f"dynamic:\n  - rule: R\n    subject: s\n    reason: {REASON}\n    {entry}\n")

    with pytest.raises(RegisterWrong, match=says):
        load_reviews("dynamic", path)


def test_a_reason_of_one_word_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "reviewed.yaml"
    path.write_text("dynamic:\n  - {rule: R, subject: s, judgement: false-positive, reason: fine}\n")

    with pytest.raises(RegisterWrong, match="reason"):
        load_reviews("dynamic", path)


@pytest.mark.parametrize("analysis", ANALYSES)
def test_the_project_s_own_register_can_be_read(analysis: str) -> None:
    assert all(it.reason for it in load_reviews(analysis, REGISTER))

"""What a person has said of findings: that a tool is wrong, or that the agency lives with it for now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from compliance.analyses.exceptions import RegisterWrong
from compliance.analyses.finding import AnalysisFinding, by_severity

__all__ = ["REGISTER", "Judgement", "Review", "Sifted", "load_reviews", "sift"]

REGISTER = Path(__file__).with_name("reviewed.yaml")
_SHORTEST_REASON = 30


class Judgement(StrEnum):
    """`false-positive`: the finding is not so. `accepted`: it is so, and somebody answers for it until a day."""

    FALSE_POSITIVE = "false-positive"
    ACCEPTED = "accepted"


class Review(BaseModel):
    """Attributes:
    rule, subject, texts: which findings; subject and texts are globs; without texts, all of rule and subject.
    expires: the last day on which it is accepted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str
    subject: str
    texts: tuple[str, ...] = ()
    judgement: Judgement
    reason: str = Field(min_length=_SHORTEST_REASON)
    owner: str | None = None
    expires: date | None = None

    @model_validator(mode="after")
    def _answered_for(self) -> "Review":
        if self.judgement is Judgement.ACCEPTED and not (self.owner and self.expires):
            raise ValueError("what is accepted has an owner and a day on which it expires")
        return self

    def covers(self, finding: AnalysisFinding) -> bool:
        return (
            self.rule == finding.rule
            and fnmatchcase(finding.subject, self.subject)
            and (not self.texts or any(fnmatchcase(finding.text, it) for it in self.texts))
        )

    def holds_on(self, today: date) -> bool:
        return self.expires is None or today <= self.expires


@dataclass(frozen=True)
class Sifted:
    """Attributes: unused: reviews that cover nothing; expired: those that would have covered something."""

    open: Sequence[AnalysisFinding]
    reviewed: Sequence[tuple[AnalysisFinding, Review]]
    unused: Sequence[Review]
    expired: Sequence[Review]

    def findings(self) -> Sequence[Mapping[str, Any]]:
        return [it.to_json() for it in self.open]

    def figures(self) -> Mapping[str, Any]:
        """For `AnalysisResult.figures`: what is not shown among the findings is shown here, with its reason."""
        return {
            "reviewed": [
                {**finding.to_json(), **_said(review)}
                for finding, review in sorted(self.reviewed, key=lambda it: by_severity(it[0]))
            ],
            "unused_reviews": [_named(it) for it in self.unused],
            "expired_reviews": [_named(it) for it in self.expired],
        }


def load_reviews(analysis: str, path: Path = REGISTER) -> Sequence[Review]:
    """Those of one analysis.

    Raises: RegisterWrong: the file breaks the rules of a review.
    """
    try:
        entries = (yaml.safe_load(path.read_text()) or {}).get(analysis, [])
        return [Review.model_validate(it) for it in entries]
    except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise RegisterWrong(f"{path} is not a register of reviews: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(it) for it in first["loc"])
        raise RegisterWrong(
            f"A review of {analysis!r} in {path}: {where or 'entry'}: {first['msg']}."
        ) from None


def sift(findings: Iterable[AnalysisFinding], reviews: Sequence[Review], today: date) -> Sifted:
    """Each finding is open, unless a review that holds today covers it."""
    found = sorted(findings, key=by_severity)
    standing = [it for it in reviews if it.holds_on(today)]
    reviewed: list[tuple[AnalysisFinding, Review]] = []
    left: list[AnalysisFinding] = []
    for finding in found:
        review = next((it for it in standing if it.covers(finding)), None)
        if review is None:
            left.append(finding)
        else:
            reviewed.append((finding, review))
    lapsed = [it for it in reviews if not it.holds_on(today)]
    return Sifted(
        open=left,
        reviewed=reviewed,
        unused=[it for it in standing if not any(it.covers(finding) for finding in found)],
        expired=[it for it in lapsed if any(it.covers(finding) for finding in found)],
    )


def _said(review: Review) -> Mapping[str, Any]:
    return {
        "judgement": str(review.judgement),
        "reason": " ".join(review.reason.split()),
        "owner": review.owner,
        "expires": review.expires.isoformat() if review.expires else None,
    }


def _named(review: Review) -> Mapping[str, Any]:
    return {"rule": review.rule, "subject": review.subject, **_said(review)}

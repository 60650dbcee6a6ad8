"""One thing that an analysis found, before and after a person has looked at it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from compliance.results import Severity

__all__ = ["AnalysisFinding", "by_severity"]

_ORDER = list(Severity)


@dataclass(frozen=True)
class AnalysisFinding:
    """Attributes:
    rule: a word that does not change, by which a review names it.
    place: file and line, such as `stacks/layers/data.py:41`; where there is no line, what was looked at.
    subject: what a review's glob is held against: a URN, or a file.
    text: what tells it from its neighbours of the same rule and subject: a line of code, a digest, actions.
    source: the page that explains the rule; '' where the rule is the project's own.
    """

    rule: str
    title: str
    place: str
    severity: Severity
    subject: str
    text: str = ""
    source: str = ""

    def to_json(self) -> Mapping[str, Any]:
        return asdict(self)


def by_severity(finding: AnalysisFinding) -> tuple[int, str, str, str]:
    """Sorts the worst first, and otherwise in an order that no run changes."""
    return _ORDER.index(finding.severity), finding.rule, finding.subject, finding.text

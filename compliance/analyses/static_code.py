"""Static scan of the Python code: what bandit objects to, but for what was looked at."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from compliance.analyses.exceptions import ToolFailed
from compliance.analyses.finding import AnalysisFinding
from compliance.analyses.repository import packages_of
from compliance.analyses.reviews import REGISTER, load_reviews, sift
from compliance.analyses.tools import Toolbox
from compliance.results import AnalysisResult, Severity

__all__ = ["NAME", "run"]

NAME = "static scan of the code"
TIMEOUT_SECONDS = 900
FOUND_SOMETHING = 1
NOT_ASKED = "B101"
"""Asserts, which state what the type checker cannot see; nothing depends on their being run."""

_SEVERITIES = {"HIGH": Severity.HIGH, "MEDIUM": Severity.MEDIUM, "LOW": Severity.LOW}
_OF_A_WORD = ("B105", "B106", "B107")
"""Rules whose message holds the word that they object to, while the line may be the first of a long call."""


def run(
    root: Path, *, today: date, toolbox: Toolbox | None = None, register: Path = REGISTER
) -> AnalysisResult:
    """Holds where bandit objects to nothing, but for what a review covers.

    Raises: ToolsMissing; ToolFailed; RegisterWrong; InputWrong.
    """
    tools = toolbox or Toolbox.of(root)
    answer = _scan(tools, root)
    sifted = sift(_findings(answer["results"]), load_reviews("static_code", register), today)
    total = answer["metrics"]["_totals"]
    return AnalysisResult(
        name=NAME,
        tool=tools.version("bandit"),
        ran=True,
        holds=not sifted.open,
        findings=sifted.findings(),
        figures={"files": len(answer["metrics"]) - 1, "lines": total["loc"], **sifted.figures()},
    )


def _scan(tools: Toolbox, root: Path) -> Mapping[str, Any]:
    """Raises: ToolFailed: bandit could not read a file, so that what it found is not all there is."""
    command = [
        "bandit",
        "--quiet",
        "--recursive",
        "--format",
        "json",
        "--skip",
        NOT_ASKED,
        *packages_of(root),
    ]
    said = tools.run(command, folder=root, timeout_seconds=TIMEOUT_SECONDS, holds_with=(0, FOUND_SOMETHING))
    answer = json.loads(said)
    if answer["errors"]:
        unread = "; ".join(f"{it['filename']}: {it['reason']}" for it in answer["errors"])
        raise ToolFailed(f"bandit could not read everything: {unread}. Mend the files, then scan again.")
    return answer


def _findings(results: list[Mapping[str, Any]]) -> Iterator[AnalysisFinding]:
    for it in results:
        name = it["filename"].removeprefix("./")
        yield AnalysisFinding(
            rule=it["test_id"],
            title=f"{it['issue_text']} ({it['test_name']}, {it['issue_confidence'].lower()} confidence)",
            place=f"{name}:{it['line_number']}",
            severity=_SEVERITIES[it["issue_severity"]],
            subject=name,
            text=it["issue_text"] if it["test_id"] in _OF_A_WORD else _line(it),
            source=it["more_info"],
        )


def _line(result: Mapping[str, Any]) -> str:
    """The line of code, without its number and surroundings."""
    for line in result["code"].splitlines():
        number, _, text = line.partition(" ")
        if number == str(result["line_number"]):
            return text.strip()
    return ""

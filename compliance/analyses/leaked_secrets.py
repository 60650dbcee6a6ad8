"""Secrets in the repository: what detect-secrets takes for one, but for what was looked at one by one."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from compliance.analyses.finding import AnalysisFinding
from compliance.analyses.repository import files_of
from compliance.analyses.reviews import REGISTER, load_reviews, sift
from compliance.analyses.tools import Toolbox
from compliance.results import AnalysisResult, Severity

__all__ = ["NAME", "run"]

NAME = "secrets in the repository"
TIMEOUT_SECONDS = 900
SOURCE = "https://github.com/Yelp/detect-secrets"
COMMENTS = "detect_secrets.filters.allowlist.is_line_allowlisted"
"""Passes over lines that a comment says to. What was looked at has a review with its reason instead."""


def run(
    root: Path, *, today: date, toolbox: Toolbox | None = None, register: Path = REGISTER
) -> AnalysisResult:
    """Holds where no file of the project holds what looks like a secret, but for what a review covers.

    A finding shows a digest, never the secret. Nothing is sent anywhere to try whether it is a real one.

    Raises: ToolsMissing; ToolFailed; RegisterWrong; InputWrong.
    """
    tools = toolbox or Toolbox.of(root)
    files = files_of(root)
    answer = _scan(tools, root, files)
    sifted = sift(_findings(answer), load_reviews("leaked_secrets", register), today)
    return AnalysisResult(
        name=NAME,
        tool=tools.version("detect-secrets"),
        ran=True,
        holds=not sifted.open,
        findings=sifted.findings(),
        figures={"files": len(files), "detectors": len(answer["plugins_used"]), **sifted.figures()},
        could_not="The files as they stand were looked at, and not the history of the repository.",
    )


def _scan(tools: Toolbox, root: Path, files: Sequence[str]) -> Mapping[str, Any]:
    command = ["detect-secrets", "scan", "--no-verify", "--disable-filter", COMMENTS, *files]
    return json.loads(tools.run(command, folder=root, timeout_seconds=TIMEOUT_SECONDS))


def _findings(answer: Mapping[str, Any]) -> Iterator[AnalysisFinding]:
    for name, found in answer["results"].items():
        for it in found:
            yield AnalysisFinding(
                rule=it["type"],
                title=f"Looks like a secret ({it['type']})",
                place=f"{name}:{it['line_number']}",
                severity=Severity.HIGH,
                subject=name,
                text=it["hashed_secret"],
                source=SOURCE,
            )

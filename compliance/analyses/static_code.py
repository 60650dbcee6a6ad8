"""Static scan of the Python code: what bandit objects to, but for what was looked at."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from compliance.analyses.exceptions import InputWrong, ToolFailed
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
SETTINGS = ".bandit"

_SEVERITIES = {"HIGH": Severity.HIGH, "MEDIUM": Severity.MEDIUM, "LOW": Severity.LOW}
_OF_A_WORD = ("B105", "B106", "B107")
"""Rules whose message holds the word that they object to, while the line may be the first of a long call."""
_MESSAGE = re.compile(r"(?P<said>Possible hardcoded password): '(?P<word>.*)'", re.DOTALL)
"""Source: bandit 1.9.4, bandit/plugins/general_hardcoded_password.py."""
_NO_SECRET = re.compile(r"(aws|pulumi|estate)(:[\w/-]+)*:\w+|")
"""Names of Pulumi's types and functions, which it calls tokens, and nothing at all: they may be read."""
_DIGEST_CHARACTERS = 16


def run(
    root: Path, *, today: date, toolbox: Toolbox | None = None, register: Path = REGISTER
) -> AnalysisResult:
    """Holds where bandit objects to nothing, but for what a review covers.

    Raises: ToolsMissing; ToolFailed; RegisterWrong; InputWrong: also where a file tells bandit what to pass over.
    """
    tools = toolbox or Toolbox.of(root)
    packages = packages_of(root)
    _refuse_settings(root, packages)
    answer = _scan(tools, root, packages)
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


def _refuse_settings(root: Path, packages: Sequence[str]) -> None:
    """Raises: InputWrong: a file of the project tells bandit what to leave out, which no review would see."""
    found = sorted(
        it.relative_to(root).as_posix() for name in packages for it in (root / name).rglob(SETTINGS)
    )
    if found:
        raise InputWrong(f"{', '.join(found)} would silence bandit. Remove it, and review what then shows.")


def _scan(tools: Toolbox, root: Path, packages: Sequence[str]) -> Mapping[str, Any]:
    """What bandit says of the packages, whatever a comment in them asks.

    Raises: ToolFailed: bandit could not read a file, so that what it found is not all there is.
    """
    command = [
        "bandit",
        "--quiet",
        "--recursive",
        "--ignore-nosec",
        "--format",
        "json",
        "--skip",
        NOT_ASKED,
        *packages,
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
        said = _said(it)
        yield AnalysisFinding(
            rule=it["test_id"],
            title=f"{said} ({it['test_name']}, {it['issue_confidence'].lower()} confidence)",
            place=f"{name}:{it['line_number']}",
            severity=_SEVERITIES[it["issue_severity"]],
            subject=name,
            text=said if it["test_id"] in _OF_A_WORD else _line(it),
            source=it["more_info"],
        )


def _said(result: Mapping[str, Any]) -> str:
    """The message, with a digest in place of what may be a password.

    Raises: ToolFailed: the message has another form than is known, so that the password cannot be taken out.
    """
    if result["test_id"] not in _OF_A_WORD:
        return result["issue_text"]
    found = _MESSAGE.fullmatch(result["issue_text"])
    if found is None:
        raise ToolFailed(f"bandit's message of {result['test_id']} has a new form. Teach it to {__name__}.")
    return f"{found['said']}: {_shown(found['word'])}"


def _shown(word: str) -> str:
    if _NO_SECRET.fullmatch(word):
        return f"'{word}'"
    return f"sha256 {sha256(word.encode()).hexdigest()[:_DIGEST_CHARACTERS]}"


def _line(result: Mapping[str, Any]) -> str:
    """The line of code, without its number and surroundings."""
    for line in result["code"].splitlines():
        number, _, text = line.partition(" ")
        if number == str(result["line_number"]):
            return text.strip()
    return ""

"""Known vulnerabilities of what is installed, by a local copy of OSV's database or by a service that is asked.

Neither is at hand unless somebody says so, and then the analysis has not run: it does not hold.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from compliance.analyses.exceptions import InputWrong, ToolFailed
from compliance.analyses.finding import AnalysisFinding
from compliance.analyses.lock_file import LockedPackage, canonical, locked
from compliance.analyses.reviews import REGISTER, load_reviews, sift
from compliance.analyses.tools import Toolbox
from compliance.results import AnalysisResult, Severity

__all__ = ["LOCKS", "NAME", "NOT_RUN", "Advice", "run"]

NAME = "known vulnerabilities of dependencies"
TIMEOUT_SECONDS = 300
FOUND_SOMETHING = 1
LOCKS = (
    "requirements.lock",
    "requirements.bootstrap.lock",
    "workload/requirements.lock",
    "compliance/checkov/requirements.lock",
    "compliance/analyses/requirements.lock",
)
STALE_DAYS = 14
"""The project's own bound: older advice is no advice on what is deployed today."""

NOT_RUN = (
    "Nothing was asked: no copy of an advisory database is at hand and no service was named. Give the folder or the "
    "zip file of OSV's PyPI ecosystem (all.zip of https://google.github.io/osv.dev/data/), or name a service, "
    "'pypi', 'osv' or the URL of one that speaks OSV's protocol, on a machine that may reach it."
)

_SEVERITIES = {
    "CRITICAL": Severity.CRITICAL,
    "HIGH": Severity.HIGH,
    "MODERATE": Severity.MEDIUM,
    "MEDIUM": Severity.MEDIUM,
    "LOW": Severity.LOW,
}
"""The words of GitHub's advisories in OSV's `database_specific`. Where none is given, it counts as high."""


@dataclass(frozen=True)
class Advice:
    """Where advisories come from. Attributes: database: a folder or a zip file; service: pypi, osv, or a URL."""

    database: Path | None = None
    service: str | None = None


def run(
    root: Path,
    *,
    today: date,
    advice: Advice | None = None,
    locks: Sequence[str] = LOCKS,
    toolbox: Toolbox | None = None,
    register: Path = REGISTER,
) -> AnalysisResult:
    """Holds where packages are locked and no advisory names one's version, but for what a review covers.

    Raises: ToolsMissing; RegisterWrong; InputWrong: a lock file or the database cannot be read.
    """
    tools = toolbox or Toolbox.of(root)
    present = [name for name in locks if (root / name).exists()]
    packages = {name: locked(root / name) for name in present}
    figures = {"lock_files": present, "packages": sum(map(len, packages.values()))}
    if not figures["packages"]:
        return _not_run(
            tools, figures, f"No package is locked in any of {', '.join(locks)}, so nothing was asked."
        )
    if advice is None or (advice.database is None and advice.service is None):
        return _not_run(tools, figures, NOT_RUN)
    try:
        found, tool, more = _asked(tools, root, packages, advice, today)
    except ToolFailed as error:
        return _not_run(tools, figures, str(error))
    sifted = sift(found, load_reviews("dependencies", register), today)
    return AnalysisResult(
        name=NAME,
        tool=tool,
        ran=True,
        holds=not sifted.open,
        findings=sifted.findings(),
        figures={**figures, **more, **sifted.figures()},
        could_not=" ".join(_could_not(locks, present)),
    )


def _could_not(locks: Sequence[str], present: Sequence[str]) -> Iterator[str]:
    yield "What wheels carry inside (see licences) is not in the lock files, and was not asked about."
    if absent := [it for it in locks if it not in present]:
        yield f"These lock files are not there, and what they pin was not asked about: {', '.join(absent)}."


def _not_run(tools: Toolbox, figures: Mapping[str, Any], why: str) -> AnalysisResult:
    return AnalysisResult(
        name=NAME, tool=tools.version("pip-audit"), ran=False, holds=False, figures=figures, could_not=why
    )


Packages = Mapping[str, Sequence[LockedPackage]]


def _asked(
    tools: Toolbox, root: Path, packages: Packages, advice: Advice, today: date
) -> tuple[Sequence[AnalysisFinding], str, Mapping[str, Any]]:
    if advice.database is not None:
        return _by_database(tools, packages, advice.database, today)
    found = [it for name in packages for it in _by_service(tools, root, name, str(advice.service))]
    return found, tools.version("pip-audit"), {"service": advice.service}


def _by_service(tools: Toolbox, root: Path, lock: str, service: str) -> Iterator[AnalysisFinding]:
    where = ["--vulnerability-service", service] if service in ("pypi", "osv") else _own(service)
    command = ["pip-audit", "--requirement", lock, "--disable-pip", "--require-hashes", "--strict"]
    shown = ["--format", "json", "--progress-spinner", "off", "--desc", "on"]
    said = tools.run(
        [*command, *shown, *where],
        folder=root,
        timeout_seconds=TIMEOUT_SECONDS,
        holds_with=(0, FOUND_SOMETHING),
    )
    for package in json.loads(said)["dependencies"]:
        for it in package.get("vulns", ()):
            yield _finding(lock, package["name"], package["version"], it | {"fixed": it["fix_versions"]})


def _own(url: str) -> list[str]:
    return ["--vulnerability-service", "osv", "--osv-url", url]


def _by_database(
    tools: Toolbox, packages: Packages, database: Path, today: date
) -> tuple[Sequence[AnalysisFinding], str, Mapping[str, Any]]:
    if not database.exists():
        raise InputWrong(
            f"There is no advisory database at {str(database)!r}. Name a folder or zip file of OSV's."
        )
    wanted = sorted({(it.name, it.version) for every in packages.values() for it in every})
    question = {
        "database": str(database.absolute()),
        "packages": [{"name": name, "version": version} for name, version in wanted],
    }
    answer = json.loads(tools.work("advisories", json.dumps(question), timeout_seconds=TIMEOUT_SECONDS))
    if not answer["advisories"]:
        raise InputWrong(
            f"{str(database)!r} holds no advisory of PyPI's. Name a folder or zip file of OSV's."
        )
    found = [
        _finding(_lock_of(packages, it), it["name"], it["version"], it | {"description": it["summary"]})
        for it in answer["affected"]
    ]
    more = {"advisories": answer["advisories"], "database_modified": answer["modified"]}
    return [*found, *_stale(answer["modified"], database, today)], "a local copy of OSV's database", more


def _lock_of(packages: Packages, found: Mapping[str, Any]) -> str:
    wanted = (found["name"], found["version"])
    return next(
        name
        for name, every in packages.items()
        if wanted in {(canonical(it.name), it.version) for it in every}
    )


def _stale(modified: str, database: Path, today: date) -> Iterator[AnalysisFinding]:
    newest = datetime.fromisoformat(modified).date() if modified else date.min
    if today - newest > timedelta(days=STALE_DAYS):
        yield AnalysisFinding(
            rule="stale-database",
            title=f"The newest advisory is of {newest}, more than {STALE_DAYS} days ago; get a newer copy",
            place=str(database),
            severity=Severity.MEDIUM,
            subject="database",
        )


def _finding(lock: str, name: str, version: str, vulnerability: Mapping[str, Any]) -> AnalysisFinding:
    fixed = ", ".join(vulnerability["fixed"]) or "nothing yet"
    about = " ".join(str(vulnerability.get("description", "")).split())[:160]
    return AnalysisFinding(
        rule=vulnerability["id"],
        title=f"{name} {version}: {about} (fixed by {fixed})",
        place=lock,
        severity=_SEVERITIES.get(str(vulnerability.get("severity", "")).upper(), Severity.HIGH),
        subject=canonical(name),
        text=version,
        source=f"https://osv.dev/vulnerability/{vulnerability['id']}",
    )

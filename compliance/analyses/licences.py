"""The licences of what is installed: as declared, and of what is inside wheels whatever they declare."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from compliance.analyses.distributions import Bundled, Installed, holds_text, installed
from compliance.analyses.finding import AnalysisFinding
from compliance.analyses.licence_register import REGISTER as LICENCES
from compliance.analyses.licence_register import BundledEntry, LicenceRegister, load_licences
from compliance.analyses.lock_file import LockedPackage, canonical, locked
from compliance.analyses.reviews import REGISTER, load_reviews, sift
from compliance.analyses.tools import Toolbox
from compliance.results import AnalysisResult, Severity

__all__ = ["LOCK", "NAME", "WORKLOAD_LOCK", "LicensedPackage", "packages_of", "run"]

NAME = "licences"
TIMEOUT_SECONDS = 60
LOCK = "requirements.lock"
WORKLOAD_LOCK = "workload/requirements.lock"
SPDX = "https://spdx.org/licenses/"


@dataclass(frozen=True)
class LicensedPackage:
    """Attributes:
    licence: an SPDX expression, or what is declared where it is none; '' where nothing is.
    is_shipped: whether the workload's image holds it, which is what leaves the agency's hands.
    contains: what of others is inside; unproven: entries of the register that the files do not bear out.
    is_opaque: it holds machine code of which nothing says what is in it.
    """

    name: str
    version: str
    licence: str
    is_shipped: bool
    contains: Sequence[Bundled]
    unproven: Sequence[BundledEntry]
    is_opaque: bool


def run(
    root: Path,
    *,
    today: date,
    folder: Path | None = None,
    toolbox: Toolbox | None = None,
    site_packages: Path | None = None,
    register: Path = REGISTER,
    licences: Path = LICENCES,
) -> AnalysisResult:
    """Holds where every licence is known and accepted, but for what a review covers.

    Args:
        folder: where `licences.csv` is written, if anywhere.
        site_packages: what is looked into; default: the environment of this process.

    Raises: ToolsMissing; ToolFailed; RegisterWrong; InputWrong.
    """
    tools = toolbox or Toolbox.of(root)
    kept = load_licences(licences)
    pinned = locked(root / LOCK)
    shipped = {canonical(it.name) for it in locked(root / WORKLOAD_LOCK)}
    there = installed(site_packages)
    packages = packages_of(pinned, there, shipped, kept)
    found = _findings(packages, _judged(tools, packages, kept))
    sifted = sift(found, load_reviews("licences", register), today)
    if folder is not None:
        _write(folder / "licences.csv", packages)
    return AnalysisResult(
        name=NAME,
        tool="metadata and files of the installed packages",
        ran=True,
        holds=not sifted.open,
        findings=sifted.findings(),
        figures={
            "packages": len(packages),
            "shipped": sum(it.is_shipped for it in packages),
            "inside_wheels": sum(len(it.contains) for it in packages),
            **sifted.figures(),
        },
        could_not=_could_not(pinned, there),
    )


def packages_of(
    pinned: Sequence[LockedPackage],
    there: Mapping[str, Installed],
    shipped: set[str],
    kept: LicenceRegister,
) -> Sequence[LicensedPackage]:
    """Those of the lock file that are installed, by name."""
    names = sorted({canonical(it.name) for it in pinned} & set(there))
    return [_licensed(name, there[name], name in shipped, kept) for name in names]


def _licensed(name: str, package: Installed, is_shipped: bool, kept: LicenceRegister) -> LicensedPackage:
    entries = kept.bundled.get(name, ())
    proven = [it for it in entries if _is_proven(package, it)]
    contains = [*package.listed, *(Bundled(it.name, "", it.licence) for it in proven)]
    return LicensedPackage(
        name=name,
        version=package.version,
        licence=kept.expression(name, package.declared),
        is_shipped=is_shipped,
        contains=contains,
        unproven=[it for it in entries if it not in proven],
        is_opaque=bool(package.binaries) and not contains and name not in kept.own_code,
    )


def _is_proven(package: Installed, entry: BundledEntry) -> bool:
    files = [it for it in package.binaries if fnmatch(it, entry.proof.file)]
    return any(holds_text(package.folder / it, entry.proof.text) for it in files)


def _judged(tools: Toolbox, packages: Sequence[LicensedPackage], kept: LicenceRegister) -> Mapping[str, Any]:
    expressions = {it.licence for it in packages} | {
        inner.licence for it in packages for inner in it.contains
    }
    question = {"accepted": list(kept.accepted), "expressions": sorted(expressions - {""})}
    return json.loads(tools.work("licences", json.dumps(question), timeout_seconds=TIMEOUT_SECONDS))


def _findings(packages: Sequence[LicensedPackage], judged: Mapping[str, Any]) -> Iterator[AnalysisFinding]:
    for package in packages:
        yield from _of_expression(package, package.name, package.licence, judged)
        for inner in package.contains:
            if inner.licence:
                yield from _of_expression(package, f"{inner.name} in {package.name}", inner.licence, judged)
        if unsaid := sorted({it.name for it in package.contains if not it.licence}):
            title = f"Nothing says the licence of these parts of {package.name}: {', '.join(unsaid)}"
            yield _finding(package, "no-licence-inside", title, Severity.MEDIUM, " ".join(unsaid))
        for entry in package.unproven:
            title = f"{package.name} is said to hold {entry.name}, and {entry.proof.text!r} is not in it"
            yield _finding(package, "unproven", title, Severity.LOW, entry.name)
        if package.is_opaque:
            title = f"Nothing says what is in the machine code of {package.name}"
            yield _finding(package, "opaque-binary", title, Severity.MEDIUM, package.version)


def _of_expression(
    package: LicensedPackage, what: str, licence: str, judged: Mapping[str, Any]
) -> Iterator[AnalysisFinding]:
    severity = Severity.HIGH if package.is_shipped else Severity.MEDIUM
    if not licence:
        yield _finding(package, "no-licence", f"Nothing says the licence of {what}", severity, what)
    elif not judged[licence]["valid"]:
        title = f"The licence of {what} is no expression of SPDX's: {licence!r}"
        yield _finding(package, "unknown-licence", title, Severity.MEDIUM, licence)
    elif not judged[licence]["satisfied"]:
        missing = " ".join(judged[licence]["missing"])
        title = f"{what} is under {licence}; {missing} is not among the accepted licences"
        yield _finding(package, "licence-not-accepted", title, severity, f"{what}: {licence}")


def _finding(
    package: LicensedPackage, rule: str, title: str, severity: Severity, text: str
) -> AnalysisFinding:
    return AnalysisFinding(
        rule, title, WORKLOAD_LOCK if package.is_shipped else LOCK, severity, package.name, text, SPDX
    )


def _could_not(pinned: Sequence[LockedPackage], there: Mapping[str, Installed]) -> str:
    absent = sorted({canonical(it.name) for it in pinned} - set(there))
    said = ["Static libraries that leave no name in a binary cannot be seen."]
    if absent:
        said.append(f"Not installed on this platform, so not looked into: {' '.join(absent)}.")
    return " ".join(said)


def _write(path: Path, packages: Sequence[LicensedPackage]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(
            [
                "package",
                "version",
                "licence",
                "in the workload's image",
                "inside",
                "licence of what is inside",
            ]
        )
        for it in packages:
            rows.writerow([it.name, it.version, it.licence, "yes" if it.is_shipped else "no", "", ""])
            for inner in it.contains:
                rows.writerow(
                    [it.name, it.version, "", "", f"{inner.name} {inner.version}".strip(), inner.licence]
                )

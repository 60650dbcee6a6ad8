"""The report that a reviewer reads: one HTML file with no script, nothing to fetch and everything escaped."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from compliance.controls.crosswalk import Crosswalk, natural
from compliance.reports.comparison import compare
from compliance.reports.coverage import Standing, coverage_of
from compliance.reports.grouping import by_component
from compliance.reports.source_text import SourceText
from compliance.reports.waiver_ages import scan_day, waiver_ages
from compliance.results import ControlRef, Outcome, ScanResult, Severity, UnknownValue

__all__ = ["page"]

_SIGN = {
    "failed": "✗",
    "failing": "✗",
    "waived": "◐",
    "unknown": "?",
    "passed": "✓",
    "passing": "✓",
    "not assessed": "–",
}
"""A state is told by word and sign, never by colour alone (WCAG 2.2, 1.4.1)."""


def page(result: ScanResult, crosswalk: Crosswalk, root: Path, previous: ScanResult | None = None) -> str:
    """Args: root: of the program, where the lines around a finding are read."""
    template = _environment().get_template("report.html.jinja")
    return template.render(
        result=result,
        day=scan_day(result),
        crosswalk=crosswalk,
        style=_style(),
        code=SourceText(root, _public(result)).around,
        counts=Counter(it.outcome for it in result.findings),
        severities=Counter((it.severity, it.outcome) for it in result.findings),
        components=by_component(result),
        coverage=coverage_of(result, crosswalk),
        waivers=waiver_ages(result),
        unknown=_unknown_by_resource(result.unknown),
        ran=_ran(result, crosswalk),
        comparison=compare(result, previous) if previous else None,
        Outcome=Outcome,
        Standing=Standing,
        Severity=Severity,
    )


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("compliance.reports", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"sign": _sign, "is_page": _is_page, "by_framework": _by_framework}
    return found


def _style() -> Markup:
    """The project's own file, not what anybody gave: it may go in as it is."""
    return Markup(resources.files("compliance.reports").joinpath("report.css").read_text())  # noqa: S704


def _sign(state: str) -> str:
    return f"{_SIGN[state]} {state}"


def _by_framework(
    controls: Iterable[ControlRef], crosswalk: Crosswalk
) -> Sequence[tuple[str, Sequence[str]]]:
    found: dict[str, list[str]] = {}
    for it in controls:
        framework = crosswalk.frameworks.get(it.framework)
        found.setdefault(framework.title if framework else it.framework, []).append(it.control)
    return list(found.items())


def _is_page(address: str) -> bool:
    """Only these become links: an address from a check is not to be trusted with a scheme such as javascript."""
    return address.startswith(("https://", "http://"))


def _public(result: ScanResult) -> set[str]:
    """Words that the report shows anyway, so that masking them in code would hide nothing."""
    resources = {it.resource for it in result.findings}
    return {word for it in resources for word in (*it.urn.split("::"), *it.component.split())}


def _unknown_by_resource(unknown: Iterable[UnknownValue]) -> Sequence[tuple[str, Sequence[str]]]:
    found: dict[str, set[str]] = {}
    for it in unknown:
        found.setdefault(it.urn, set()).add(it.property)
    return [(urn, sorted(found[urn])) for urn in sorted(found)]


def _ran(result: ScanResult, crosswalk: Crosswalk) -> Any:
    """Checks that ran, of which no control is said to be assessed."""
    ran = {it.check: it.name for it in result.findings}
    return {
        "unmapped": sorted(
            ((it, ran[it]) for it in ran if not crosswalk.is_known(it)), key=lambda it: natural(it[0])
        ),
        "says_nothing": [(it, ran[it], reason) for it, reason in crosswalk.says_nothing.items() if it in ran],
    }

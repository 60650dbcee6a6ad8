"""Dynamic scan of a running workload: hostile requests made from its OpenAPI document, and the headers it answers with.

It speaks to a URL that it is given, and refuses what is neither loopback nor listed by name. What it sends takes
effect: applications that nobody made are stored.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import httpx

from compliance.analyses.exceptions import HostNotListed, InputWrong
from compliance.analyses.finding import AnalysisFinding
from compliance.analyses.public_api import public_document
from compliance.analyses.response_headers import header_findings
from compliance.analyses.reviews import REGISTER, load_reviews, sift
from compliance.analyses.tools import Toolbox
from compliance.results import AnalysisResult, Severity

__all__ = ["NAME", "Bounds", "run"]

NAME = "dynamic scan of the workload"
FOUND_SOMETHING = 1
SECONDS_A_REQUEST = 10
BENEFITS = "/benefits"
ASKED_PATHS = ("/", BENEFITS)
"""A page and an answer of the API: their headers are looked at, and the second names a benefit that there is."""

CONFIGURATION = """\
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", 503, 504]
"""
"""503 and 504 are answers that every operation documents: shed, or something that it needs is away."""

NOT_ASKED = "positive_data_acceptance"
"""A made-up application that follows the schema may still name a benefit that there is not; 404 is right."""

DEADLINE = "Estate-Deadline"
PATIENCE_MILLISECONDS = 10_000
"""Sent with every request, and not made up: the workload begins nothing for a caller who does not wait, whatever else
is wrong with what he asks."""

OF_AN_ATTEMPT = frozenset({DEADLINE, "Estate-Attempt"})
"""Headers that are not made up: they say how somebody asks, not what for."""

INTERNAL_PATHS = ("/metrics.json", "/ready")
"""What tasks say of themselves to those who run them, and to nobody else."""

NOT_RUN = (
    "No running workload was named. 'estate up slice', then give its edge, such as http://127.0.0.10:8080."
)


@dataclass(frozen=True)
class Bounds:
    """Attributes: seconds: after which it is ended; examples: for an operation; requests_a_second: at most."""

    seconds: int = 300
    examples: int = 20
    requests_a_second: int = 20


def run(
    root: Path,
    *,
    today: date,
    edge_url: str | None = None,
    document: Mapping[str, Any] | None = None,
    listed_hosts: Collection[str] = (),
    bounds: Bounds | None = None,
    toolbox: Toolbox | None = None,
    register: Path = REGISTER,
) -> AnalysisResult:
    """Holds where no request broke the document or the server, and the headers are there, but for what a review covers.

    Args:
        edge_url: scheme, host and port of the workload; None: nothing is run, and that is said.
        document: its OpenAPI document; default: those of the roles that the edge leads to, from the project's workload.
        listed_hosts: names that may be scanned though they are not loopback.

    Raises: HostNotListed; InputWrong: it does not answer, or no document is there; ToolsMissing; ToolFailed;
        RegisterWrong.
    """
    tools = toolbox or Toolbox.of(root)
    tool = tools.version("schemathesis")
    if edge_url is None:
        return AnalysisResult(NAME, tool, ran=False, holds=False, could_not=NOT_RUN)
    require_permitted(edge_url, listed_hosts)
    answers = _answers(edge_url)
    described = document if document is not None else public_document(root)
    report = _attack(tools, edge_url, described, _known(answers), bounds or Bounds())
    found = [*_failures(report), *_of_headers(answers), *_internal(answers)]
    sifted = sift(found, load_reviews("dynamic", register), today)
    return AnalysisResult(
        name=NAME,
        tool=tool,
        ran=True,
        holds=not sifted.open,
        findings=sifted.findings(),
        figures={**_figures(report), **sifted.figures()},
        could_not=_could_not(edge_url, report),
    )


def require_permitted(url: str, listed_hosts: Collection[str]) -> None:
    """Raises: HostNotListed: the host is neither a loopback address nor listed; InputWrong: it is no URL of HTTP's."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputWrong(f"The edge has to be a URL such as http://127.0.0.10:8080, got {url!r}.")
    if not _is_loopback(parts.hostname) and parts.hostname not in listed_hosts:
        raise HostNotListed(
            f"{parts.hostname!r} is not on this machine. A dynamic scan is an attack: list the host by name if whoever "
            "runs it has agreed."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _answers(edge_url: str) -> Mapping[str, httpx.Response]:
    with httpx.Client(base_url=edge_url, timeout=SECONDS_A_REQUEST, trust_env=False) as client:
        try:
            return {path: client.get(path) for path in (*ASKED_PATHS, *INTERNAL_PATHS)}
        except httpx.HTTPError as error:
            raise InputWrong(
                f"{edge_url} does not answer ({error!r}). Is it up, and is it the edge?"
            ) from None


def _known(answers: Mapping[str, httpx.Response]) -> Mapping[str, str]:
    """A benefit that there is, for the paths that name one."""
    try:
        benefits = answers[BENEFITS].json()["benefits"]
    except (ValueError, KeyError, TypeError):
        return {}
    return {"slug": benefits[0]["slug"]} if benefits else {}


def _attack(
    tools: Toolbox, edge_url: str, document: Mapping[str, Any], known: Mapping[str, str], bounds: Bounds
) -> Mapping[str, Any]:
    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "openapi.json").write_text(json.dumps(_without_attempts(document)))
        values = "".join(f'"path.{name}" = {json.dumps(value)}\n' for name, value in known.items())
        (place / "schemathesis.toml").write_text(f"[parameters]\n{values}\n{CONFIGURATION}")
        command = [
            *("schemathesis", "--config-file", "schemathesis.toml", "run", "openapi.json", "--url", edge_url),
            *("--phases", "examples,coverage,fuzzing", "--max-examples", str(bounds.examples)),
            *("--generation-deterministic", "--exclude-checks", NOT_ASKED, "--continue-on-failure"),
            *("--rate-limit", f"{bounds.requests_a_second}/s", "--request-timeout", str(SECONDS_A_REQUEST)),
            *(
                "--header",
                f"{DEADLINE}: {PATIENCE_MILLISECONDS}",
                "--max-redirects",
                "0",
                "--suppress-health-check",
                "all",
                "--no-color",
            ),
            *("--report", "json", "--report-json-path", "report.json"),
        ]
        tools.run(command, folder=place, timeout_seconds=bounds.seconds, holds_with=(0, FOUND_SOMETHING))
        return json.loads((place / "report.json").read_text())


def _without_attempts(document: Any) -> Any:
    """The document as if every operation were asked for once, and waited for."""
    if isinstance(document, Mapping):
        return {key: _without_attempts(value) for key, value in document.items()}
    if isinstance(document, list):
        return [
            _without_attempts(it)
            for it in document
            if not (isinstance(it, Mapping) and it.get("name") in OF_AN_ATTEMPT)
        ]
    return document


def _failures(report: Mapping[str, Any]) -> Iterator[AnalysisFinding]:
    for failure in report["failures"]:
        for operation in failure["operations"]:
            yield AnalysisFinding(
                rule=failure["code"],
                title=f"{failure['title']}: {operation}",
                place=operation,
                severity=Severity(failure["severity"]),
                subject=operation,
                source="https://schemathesis.readthedocs.io/en/stable/reference/checks/",
            )
    for error in report["errors"]:
        yield AnalysisFinding(
            rule="not-tested",
            title=f"Could not be tested: {error}",
            place=str(error.get("operation", "")),
            severity=Severity.MEDIUM,
            subject=str(error.get("operation", "")),
        )
    operations = report["operations"]
    if operations["tested"] < max(operations["selected"], 1):
        yield AnalysisFinding(
            rule="operations-not-tested",
            title=f"{operations['tested']} of {operations['selected']} operations were tested",
            place="the workload's OpenAPI document",
            severity=Severity.MEDIUM,
            subject="edge",
        )


def _of_headers(answers: Mapping[str, httpx.Response]) -> Iterator[AnalysisFinding]:
    seen: set[str] = set()
    for answer in (answers[path] for path in ASKED_PATHS):
        for finding in header_findings(str(answer.url), answer.headers):
            if finding.rule not in seen:
                seen.add(finding.rule)
                yield finding


def _internal(answers: Mapping[str, httpx.Response]) -> Iterator[AnalysisFinding]:
    for path in INTERNAL_PATHS:
        if answers[path].status_code not in (httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN):
            yield AnalysisFinding(
                rule="internal-path",
                title=f"{path} is answered to anybody ({answers[path].status_code}); it tells how the task is doing",
                place=str(answers[path].url),
                severity=Severity.MEDIUM,
                subject=path,
                source="https://owasp.org/API-Security/editions/2023/en/0xa8-security-misconfiguration/",
            )


def _figures(report: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "operations": report["operations"]["selected"],
        "operations_tested": report["operations"]["tested"],
        "requests": report["test_cases"]["generated"],
        "headers_looked_at": len(ASKED_PATHS),
    }


def _never_accepted(report: Mapping[str, Any]) -> Sequence[str]:
    """Operations whose every request was refused, so that what is behind the refusal was not reached."""
    rates = report["valid_rates"].items()
    return sorted(name for name, phases in rates if not any(it["accepted"] for it in phases.values()))


def _could_not(edge_url: str, report: Mapping[str, Any]) -> str:
    refused = ", ".join(_never_accepted(report))
    said: Sequence[str] = [
        "The workload behind this edge alone was asked, as a stranger: nobody signs in.",
        "" if edge_url.startswith("https") else "It was asked in plain HTTP, so no certificate was seen.",
        f"Every request was refused, so that nothing behind the refusal was reached: {refused}."
        if refused
        else "",
        "" if report["complete"] else f"It was ended early ({report['stop_reason']}).",
    ]
    return " ".join(it for it in said if it)

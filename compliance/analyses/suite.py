"""The other scans, one after another, for `estate scan --all`."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from compliance.analyses import (
    bill_of_materials,
    dependencies,
    dynamic,
    leaked_secrets,
    least_privilege,
    licences,
    static_code,
    transport_security,
)
from compliance.analyses.dependencies import Advice
from compliance.analyses.exceptions import AnalysisError
from compliance.analyses.tools import Toolbox
from compliance.results import AnalysisResult
from engine.provider_settings import EXAMPLE_ACCOUNT
from engine.resource import Registration

__all__ = ["NAMES", "Subject", "every"]

NAMES = (
    least_privilege.NAME,
    transport_security.NAME,
    dependencies.NAME,
    leaked_secrets.NAME,
    static_code.NAME,
    licences.NAME,
    bill_of_materials.NAME,
    dynamic.NAME,
)
"""In the order in which they run."""


@dataclass(frozen=True)
class Subject:
    """What is looked at, and with what.

    Attributes:
        registrations: of every stack of the environment.
        root: of the project.
        now: aware; reviews expire by its day, and bills of materials are dated by it.
        folder: where artefacts are written.
        version: of the project, such as a commit.
        accounts: those that belong to the estate.
        advice: where advisories come from; None: known vulnerabilities are not looked for, and that is said.
        edge_url: of a running workload; None: it is not scanned, and that is said.
        toolbox: the tools; by default those that stand in the root, as they do in this project's own.
        listed_hosts: names that may be scanned though they are not loopback.
    """

    registrations: Sequence[Registration]
    root: Path
    now: datetime
    folder: Path
    version: str
    accounts: Collection[str] = (EXAMPLE_ACCOUNT,)
    advice: Advice | None = None
    edge_url: str | None = None
    toolbox: Toolbox | None = None
    listed_hosts: Collection[str] = field(default_factory=tuple)


def every(subject: Subject, on_start: Callable[[str], None] = lambda _: None) -> Iterator[AnalysisResult]:
    """One result an analysis, in a fixed order. One that could not be run says why, and does not hold.

    Args: on_start: is told the name of each before it begins.
    """
    for name, run in _runs(subject).items():
        on_start(name)
        try:
            yield run()
        except AnalysisError as error:
            yield AnalysisResult(name, tool="", ran=False, holds=False, could_not=str(error))


def _runs(it: Subject) -> Mapping[str, Callable[[], AnalysisResult]]:
    today, tools = it.now.date(), it.toolbox or Toolbox.of(it.root)
    return {
        least_privilege.NAME: lambda: least_privilege.run(
            it.registrations, it.root, today=today, toolbox=tools, accounts=it.accounts
        ),
        transport_security.NAME: lambda: transport_security.run(it.registrations, it.root, today=today),
        dependencies.NAME: lambda: dependencies.run(it.root, today=today, advice=it.advice, toolbox=tools),
        leaked_secrets.NAME: lambda: leaked_secrets.run(it.root, today=today, toolbox=tools),
        static_code.NAME: lambda: static_code.run(it.root, today=today, toolbox=tools),
        licences.NAME: lambda: licences.run(it.root, today=today, folder=it.folder, toolbox=tools),
        bill_of_materials.NAME: lambda: bill_of_materials.run(
            it.root, made_at=it.now, folder=it.folder, version=it.version, toolbox=tools
        ),
        dynamic.NAME: lambda: dynamic.run(
            it.root, today=today, edge_url=it.edge_url, listed_hosts=it.listed_hosts, toolbox=tools
        ),
    }

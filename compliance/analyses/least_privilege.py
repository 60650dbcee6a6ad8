"""Least privilege: what every policy of the graph allows beyond what it names, and whom it lets in.

Identities are judged by cloudsplaining, whose ways of escalation are those published by Rhino Security Labs and
pathfinding.cloud; whom resources and roles let in, by the rules in `exposure`.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from compliance.analyses.exposure import exposures
from compliance.analyses.finding import AnalysisFinding
from compliance.analyses.managed_policies import document_of
from compliance.analyses.policies import ManagedPolicy, Policies, Policy, PolicyKind, policies_of
from compliance.analyses.reviews import REGISTER, load_reviews, sift
from compliance.analyses.statement import statements_of
from compliance.analyses.tools import Toolbox
from compliance.results import AnalysisResult, Severity
from engine.provider_settings import EXAMPLE_ACCOUNT
from engine.resource import Registration

__all__ = ["NAME", "run"]

NAME = "least privilege"
TIMEOUT_SECONDS = 120
CLOUDSPLAINING = "https://cloudsplaining.readthedocs.io/en/latest/glossary/"

_RISKS: Mapping[str, tuple[Severity, str]] = {
    "service-wildcard": (Severity.HIGH, "Every action of a service"),
    "permissions-management": (Severity.HIGH, "May change permissions of any resource"),
    "data-exfiltration": (Severity.HIGH, "May read data out of any resource"),
    "credentials-exposure": (Severity.HIGH, "May obtain credentials"),
    "infrastructure-modification": (Severity.MEDIUM, "May change any resource"),
    "unrestricted": (Severity.LOW, "Asks for any resource where one could be named"),
}
"""From the worst. An action stands under the first risk that it carries."""

_NOT_AMONG = {"unrestricted"}
"""Not asked of AWS's own policies: they can name no resource of ours."""


def run(
    registrations: Iterable[Registration],
    root: Path,
    *,
    today: date,
    toolbox: Toolbox | None = None,
    accounts: Collection[str] = (EXAMPLE_ACCOUNT,),
    register: Path = REGISTER,
) -> AnalysisResult:
    """Holds where every policy could be read and none allows or lets in too much, but for what a review covers.

    Args:
        registrations: of every stack of the environment.
        root: of the program, to which places are relative.
        accounts: those that belong to the estate.

    Raises: ToolsMissing; ToolFailed; RegisterWrong.
    """
    tools = toolbox or Toolbox.of(root)
    policies = policies_of(registrations, root)
    identities = _identities(policies)
    answer = _ask(tools, identities)
    findings = [
        *exposures(policies.documents, accounts),
        *_risky(identities, answer["policies"]),
        *_escalating(identities, answer["identities"]),
        *_unread(policies),
    ]
    sifted = sift(findings, load_reviews("least_privilege", register), today)
    return AnalysisResult(
        name=NAME,
        tool=tools.version("cloudsplaining"),
        ran=True,
        holds=not sifted.open,
        findings=sifted.findings(),
        figures={**_figures(policies), **sifted.figures()},
        could_not=_could_not(policies),
    )


def _identities(policies: Policies) -> Sequence[Policy]:
    """Every policy of an identity, those that AWS keeps included."""
    own = [it for it in policies.documents if it.kind is PolicyKind.IDENTITY]
    kept = [
        Policy(it.urn, it.arn, it.place, PolicyKind.IDENTITY, document, it.role)
        for it in policies.managed
        if (document := document_of(it.arn)) is not None
    ]
    return [*own, *kept]


def _ask(tools: Toolbox, identities: Sequence[Policy]) -> Mapping[str, Any]:
    """Answers by each policy's place, for one role may have several of one URN, and by role."""
    if not identities:
        return {"policies": {}, "identities": {}}
    by_role: dict[str, list[Mapping[str, Any]]] = {}
    for policy in identities:
        by_role.setdefault(policy.role, []).append(policy.document)
    question = {
        "policies": [
            {"key": str(place), "document": it.document}
            for place, it in enumerate(identities)
            if not _is_everything(it)
        ],
        "identities": [
            {"key": role, "documents": documents}
            for role, documents in by_role.items()
            if not any(_is_everything(it) for it in identities if it.role == role)
        ],
    }
    return json.loads(tools.work("permissions", json.dumps(question), timeout_seconds=TIMEOUT_SECONDS))


def _is_everything(policy: Policy) -> bool:
    return any(
        it.allows and "*" in it.actions and "*" in it.resources for it in statements_of(policy.document)
    )


def _risky(identities: Sequence[Policy], risks_by_place: Mapping[str, Any]) -> Iterator[AnalysisFinding]:
    for place, policy in enumerate(identities):
        if _is_everything(policy):
            yield _finding(policy, "administrator", Severity.CRITICAL, "May do everything to everything", "*")
            continue
        seen: set[str] = set()
        for risk, (severity, title) in _RISKS.items():
            actions = [it for it in risks_by_place[str(place)][risk] if it not in seen]
            seen.update(actions)
            if actions and not (risk in _NOT_AMONG and policy.type.startswith("arn:")):
                yield _finding(policy, risk, severity, title, " ".join(actions))


def _finding(policy: Policy, rule: str, severity: Severity, title: str, actions: str) -> AnalysisFinding:
    return AnalysisFinding(
        rule=rule,
        title=f"{title}: {_shortened(actions)}",
        place=policy.place,
        severity=severity,
        subject=policy.urn,
        text=actions,
        source=CLOUDSPLAINING,
    )


def _escalating(identities: Sequence[Policy], found: Mapping[str, Any]) -> Iterator[AnalysisFinding]:
    places = {it.role: it.place for it in reversed(identities)}
    for role, ways in found.items():
        for way in ways:
            yield AnalysisFinding(
                rule="privilege-escalation",
                title=f"May give itself more ({way['type']}): {' '.join(way['actions'])}",
                place=places[role],
                severity=Severity.CRITICAL,
                subject=role,
                text=way["type"],
                source=way["page"],
            )


def _unread(policies: Policies) -> Iterator[AnalysisFinding]:
    """Of what nobody has read nobody can say that it is narrow."""
    for it in policies.unknown:
        title = f"The document of {it.property} is not known before deployment, so nobody has judged it"
        yield AnalysisFinding("unknown-document", title, it.place, Severity.MEDIUM, it.urn, it.property)
    for it in _without_copy(policies):
        title = f"No copy of {it.arn} is at hand, so nobody has judged it"
        yield AnalysisFinding("unread-policy", title, it.place, Severity.MEDIUM, it.urn, it.arn)


def _without_copy(policies: Policies) -> Sequence[ManagedPolicy]:
    return [it for it in policies.managed if document_of(it.arn) is None]


def _shortened(actions: str, most: int = 8) -> str:
    words = actions.split()
    return " ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")


def _figures(policies: Policies) -> Mapping[str, Any]:
    kinds = [it.kind for it in policies.documents]
    return {
        "policies": len(policies.documents),
        "statements": sum(len(list(statements_of(it.document))) for it in policies.documents),
        "managed_policies": len(policies.managed),
        **{f"{kind}_policies": kinds.count(kind) for kind in PolicyKind},
    }


def _could_not(policies: Policies) -> str:
    said = []
    if policies.unknown:
        named = "; ".join(f"{it.urn} {it.property}" for it in policies.unknown)
        said.append(f"{len(policies.unknown)} documents are unknown before deployment: {named}")
    if unread := sorted({it.arn for it in _without_copy(policies)}):
        said.append(f"no copy of these managed policies is at hand: {' '.join(unread)}")
    return ". ".join(said)

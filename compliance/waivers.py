"""Findings that somebody has answered for, until a day: the register of the estate's technical debt."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from compliance.exceptions import WaiversInvalid
from compliance.results import Finding, GateCheck, Outcome, Resource, Waiver

__all__ = ["WAIVERS", "Waived", "apply", "load"]

WAIVERS = Path(__file__).resolve().parent / "waivers.yaml"

_Text = Annotated[str, Field(min_length=1, pattern=r"^\S(.*\S)?$")]
_Urn = Annotated[str, Field(pattern=r"^urn:pulumi:")]
_Urns = Annotated[
    tuple[_Urn, ...], BeforeValidator(lambda it: [it] if isinstance(it, str) else it), Field(min_length=1)
]
_Reason = Annotated[str, Field(min_length=20)]
_LONGEST_DAYS = 366
"""A waiver is looked at again within a year. An assumption of the project."""
_AHEAD = timedelta(days=1)
"""So far ahead of the scan's clock, which is in UTC, may be the day on which somebody in another zone wrote."""
_GLOB = frozenset("*?[")
_TYPES_PLACE = 2
"""A URN is urn:pulumi:stack::project::types::name. Source: Pulumi documentation, "Resource names"."""


class _Entry(BaseModel):
    """One entry of the register."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: Annotated[str, Field(pattern=r"^CKV2?_[A-Z]+_[0-9]+$")]
    urn: _Urns
    """One, or those that one decision is about."""
    owner: _Text
    reason: _Reason
    ticket: Annotated[str, Field(pattern=r"^DEBT-[0-9]{3,}$")]
    added: date
    expires: date
    environments: tuple[_Text, ...] = ()


_ENTRIES = TypeAdapter(list[_Entry])


def load(
    path: Path = WAIVERS,
    owners: Collection[str] | None = None,
    environment: str = "",
    today: date | None = None,
) -> Sequence[Waiver]:
    """The waivers of the register that are for every environment or for this one, one a URN, in its order.

    Args:
        owners: who may answer for one; None where that is not known.
        today: on which nobody can have added one later; None where that is not asked.
    Raises: WaiversInvalid: an entry breaks a rule; every mistake is named.
    """
    try:
        entries = _ENTRIES.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")) or [])
    except yaml.YAMLError as error:
        raise WaiversInvalid(path, [f"it is not YAML: {' '.join(str(error).split())}"]) from None
    except ValidationError as error:
        raise WaiversInvalid(path, [_mistake(it) for it in error.errors()]) from None
    mistakes = [*_mistakes(entries, owners, today)]
    if mistakes:
        raise WaiversInvalid(path, mistakes)
    return [
        Waiver(urn=urn, **it.model_dump(exclude={"environments", "urn"}))
        for it in entries
        if not it.environments or environment in it.environments
        for urn in it.urn
    ]


def _mistake(error: Any) -> str:
    """One of pydantic's errors as a sentence that says where."""
    place = ".".join(str(it) for it in error["loc"][1:])
    number = error["loc"][0] + 1 if error["loc"] else 0
    where = f"entry {number}{f', {place}' if place else ''}" if number else "the file"
    return f"{where}: {error['msg'][:1].lower()}{error['msg'][1:]}, got {error['input']!r}"


def _mistakes(entries: Sequence[_Entry], owners: Collection[str] | None, today: date | None) -> Iterator[str]:
    tickets = Counter(it.ticket for it in entries)
    for number, it in enumerate(entries, 1):
        if tickets[it.ticket] > 1:
            yield f"entry {number}: ticket {it.ticket!r} is used more than once; give each waiver its own"
        if owners is not None and it.owner not in owners:
            yield f"entry {number}: owner {it.owner!r} is not one of catalogue/owners.yaml"
        for urn in it.urn:
            if not _names_types(urn):
                yield (
                    f"entry {number}: urn {urn!r} has a wildcard in its types; name the component's and the resource's "
                    "in full, one waiver a type of component"
                )
        if today is not None and it.added > today + _AHEAD:
            yield f"entry {number}: it was added on {it.added}, which is yet to come; write the day of the decision"
        if not it.added <= it.expires:
            yield f"entry {number}: it expires on {it.expires}, before it was added on {it.added}"
        elif (it.expires - it.added).days > _LONGEST_DAYS:
            yield f"entry {number}: it holds for more than {_LONGEST_DAYS} days; choose a day within a year"


def _names_types(glob: str) -> bool:
    """Whether the innermost component's type and the resource's stand in it as they are, whatever fails today."""
    types = glob.split("::")[_TYPES_PLACE:-1]
    return len(types) == 1 and _GLOB.isdisjoint("".join(types[0].split("$")[-2:]))


@dataclass(frozen=True)
class Waived:
    """Findings after the waivers were applied.

    Attributes:
        unused: waivers that match nothing that failed; expired: those that would have matched.
        narrow: whether each ticket is about one type of component; one that is not waives nothing.
    """

    findings: Sequence[Finding]
    unused: Sequence[Waiver]
    expired: Sequence[Waiver]
    narrow: GateCheck


def apply(waivers: Sequence[Waiver], findings: Sequence[Finding], today: date) -> Waived:
    """What failed is waived where a waiver holds today; the first one that matches counts."""
    matched = _matched(waivers, findings)
    wide = _wide(matched)
    expired = [it for it in waivers if matched[it] and it.expires < today]
    holding = [it for it in waivers if it.ticket not in wide and it not in expired]
    waiver_of = {id(found): it for it in reversed(holding) for found in matched[it]}
    return Waived(
        [_waived(it, waiver_of[id(it)]) if id(it) in waiver_of else it for it in findings],
        [it for it in waivers if not matched[it]],
        expired,
        _narrowness(waivers, wide),
    )


def _matched(waivers: Sequence[Waiver], findings: Sequence[Finding]) -> Mapping[Waiver, Sequence[Finding]]:
    """The failures that each waiver is about, whether it has expired or not."""
    failed: dict[str, list[Finding]] = defaultdict(list)
    for it in findings:
        if it.outcome is Outcome.FAILED:
            failed[it.check].append(it)
    return {
        waiver: [it for it in failed[waiver.check] if fnmatchcase(it.resource.urn, waiver.urn)]
        for waiver in waivers
    }


def _component_types(findings: Sequence[Finding]) -> frozenset[str]:
    """Types of the components that declare what was found; outside components, of the resources themselves."""
    return frozenset(_component_type(it.resource) for it in findings)


def _component_type(resource: Resource) -> str:
    """The innermost component's type, which the URN has before the resource's own."""
    types = resource.urn.split("::")[2:3] or [resource.type]
    return types[0].split("$")[-2:][0]


def _waived(finding: Finding, waiver: Waiver) -> Finding:
    return replace(finding, outcome=Outcome.WAIVED, waiver=waiver)


def _wide(matched: Mapping[Waiver, Sequence[Finding]]) -> Mapping[str, Sequence[str]]:
    """By ticket, the types of component that a decision is about, where they are more than one."""
    types: dict[str, set[str]] = defaultdict(set)
    for waiver, findings in matched.items():
        types[waiver.ticket] |= _component_types(findings)
    return {ticket: sorted(it) for ticket, it in types.items() if len(it) > 1}


def _narrowness(waivers: Sequence[Waiver], wide: Mapping[str, Sequence[str]]) -> GateCheck:
    name = "every waiver is about one type of component"
    if not wide:
        return GateCheck(name, True, f"{len({it.ticket for it in waivers})} waivers")
    told = [f"{ticket} matches {', '.join(types)}" for ticket, types in wide.items()]
    return GateCheck(name, False, f"{'; '.join(told)}. Split it, one waiver a type of component")

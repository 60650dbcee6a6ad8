"""`python -m compliance.threats`: docs/threats.md has the tables that the register gives it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from compliance.threats.register import Asset, Rating, Threat, ThreatRegister, load_threats

__all__ = ["DOCUMENT", "REGISTER", "document", "main"]

ROOT = Path(__file__).parents[2]
REGISTER = ROOT / "docs" / "threats.yaml"
DOCUMENT = ROOT / "docs" / "threats.md"
_SECTION = re.compile(r"(<!-- made from the register: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def document(text: str, register: ThreatRegister) -> str:
    """The text, with every marked section made anew."""
    return _SECTION.sub(lambda it: f"{it[1]}\n{_SECTIONS[it['name']](register)}\n\n{it[3]}", text)


def main() -> None:
    """The document is written."""
    DOCUMENT.write_text(document(DOCUMENT.read_text(), load_threats(REGISTER)))


def _scope(register: ThreatRegister) -> str:
    lines = [register.scope.subject, "", "In scope:", *(f"- {it}" for it in register.scope.in_scope)]
    return "\n".join([*lines, "", "Not in scope:", *(f"- {it}" for it in register.scope.out_of_scope)])


def _assets(register: ThreatRegister) -> str:
    head = ("id", "asset", "holds", "confidentiality", "integrity", "availability", "why")
    rows = [
        (it.id, it.name, it.holds, it.confidentiality, it.integrity, it.availability, it.why)
        for it in register.assets
    ]
    return _table(head, rows)


def _components(register: ThreatRegister) -> str:
    return _table(("asset", "made or held by"), [(it.id, _files(it)) for it in register.assets])


def _files(asset: Asset) -> str:
    return ", ".join(_linked(it) for it in asset.where)


def _actors(register: ThreatRegister) -> str:
    head = ("id", "threat", "group", "likelihood of initiation", "strength", "wants")
    rows = [(it.id, it.name, it.group, it.initiation, it.strength, it.wants) for it in register.actors]
    return _table(head, rows)


def _boundaries(register: ThreatRegister) -> str:
    rows = [(it.id, it.name, it.between, _of(register, it.id)) for it in register.boundaries]
    return _table(("id", "boundary", "between", "threats"), rows)


def _of(register: ThreatRegister, boundary: str) -> str:
    return " ".join(it.id for it in register.threats if it.boundary == boundary)


def _evaluation(register: ThreatRegister) -> str:
    head = (
        "id",
        "threat event",
        "likelihood",
        "impact",
        "inherent",
        "controls",
        "residual",
        "treatment",
        "owner",
    )
    rows = [
        (
            f"[{it.id}](#{it.id.lower()})",
            it.title,
            it.likelihood,
            it.impact,
            it.inherent_risk,
            it.control_strength,
            f"**{it.residual_risk}**"
            if it.residual_risk in (Rating.MODERATE, Rating.HIGH)
            else it.residual_risk,
            it.treatment,
            it.owner,
        )
        for it in register.threats
    ]
    return _table(head, rows)


def _threats(register: ThreatRegister) -> str:
    names = {it.id: it.name for it in (*register.assets, *register.actors, *register.boundaries)}
    return "\n\n".join(_threat(it, names) for it in register.threats)


def _threat(threat: Threat, names: Mapping[str, str]) -> str:
    return "\n".join(
        [
            f"### {threat.id}",
            f"**{threat.title}.** {names[threat.boundary]}; {', '.join(threat.stride)}. "
            f"By: {_named(threat.actors, names)}. At: {_named(threat.assets, names)}. "
            f"Known as: {'; '.join(threat.references)}.",
            "",
            *(f"- {it.text} ({_linked(it.file)})" for it in threat.controls),
            *_answers(threat),
            f"- Remains: {threat.remains}",
        ]
    )


def _named(ids: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(f"{names[it][0].lower()}{names[it][1:]} ({it})" for it in ids)


def _answers(threat: Threat) -> Iterator[str]:
    lists = {
        "Checks": [f"`{it}`" for it in threat.checks],
        "Other scans": threat.analyses,
        "Tests": [_linked(it) for it in threat.tests],
        "Alarms": [f"`{it}`" for it in threat.alarms],
        "Playbooks": [f"`{it}`" for it in threat.playbooks],
    }
    for name, every in lists.items():
        yield f"- {name}: {', '.join(every) if every else 'none'}"


def _linked(file: str) -> str:
    return f"[{file}](../{file})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


_SECTIONS: Mapping[str, Callable[[ThreatRegister], str]] = {
    "scope": _scope,
    "assets": _assets,
    "components": _components,
    "actors": _actors,
    "boundaries": _boundaries,
    "evaluation": _evaluation,
    "threats": _threats,
}

"""The threat and risk register, in the terms of an IRAM2 assessment.

Source of the terms: what the Information Security Forum and its tools publish of IRAM2 (phases A to F; threats that are
adversarial, accidental or environmental, with a likelihood of initiation and a strength; impacts from negligible to
high; strength of controls). The method's own tables belong to the Forum and are not repeated here: the ratings and the
matrix are this project's.
"""

from enum import StrEnum
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from compliance.threats.exceptions import ThreatsInvalid

__all__ = [
    "Actor",
    "Asset",
    "Boundary",
    "Control",
    "Group",
    "Rating",
    "Scope",
    "Strength",
    "Stride",
    "Threat",
    "ThreatRegister",
    "Treatment",
    "load_threats",
    "risk",
]


class Rating(StrEnum):
    NEGLIGIBLE = "negligible"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class Group(StrEnum):
    ADVERSARIAL = "adversarial"
    ACCIDENTAL = "accidental"
    ENVIRONMENTAL = "environmental"


class Strength(StrEnum):
    """Of the controls taken together."""

    WEAK = "weak"
    PARTIAL = "partial"
    STRONG = "strong"


class Treatment(StrEnum):
    MITIGATE = "mitigate"
    ACCEPT = "accept"
    AVOID = "avoid"
    TRANSFER = "transfer"


class Stride(StrEnum):
    """Source: Microsoft, "The STRIDE threat model"."""

    SPOOFING = "spoofing"
    TAMPERING = "tampering"
    REPUDIATION = "repudiation"
    INFORMATION_DISCLOSURE = "information-disclosure"
    DENIAL_OF_SERVICE = "denial-of-service"
    ELEVATION_OF_PRIVILEGE = "elevation-of-privilege"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Scope(_Entry):
    subject: str
    in_scope: tuple[str, ...]
    out_of_scope: tuple[str, ...]


class Asset(_Entry):
    """Attributes: where: files and folders that make or hold it; why: what its loss would mean."""

    id: str
    name: str
    holds: str
    where: tuple[str, ...]
    confidentiality: Rating
    integrity: Rating
    availability: Rating
    why: str


class Actor(_Entry):
    """Attributes: initiation: how likely it is to begin; strength: how well it can go on."""

    id: str
    name: str
    group: Group
    initiation: Rating
    strength: Rating
    wants: str


class Boundary(_Entry):
    id: str
    name: str
    between: str


class Control(_Entry):
    """Attributes: file: what puts it in place, a file or a folder of the repository."""

    text: str
    file: str


class Threat(_Entry):
    """Attributes:
    likelihood, impact: without the controls; residual_likelihood: with them. All are assumptions.
    references: names of the NCSC, of OWASP and others under which it is known.
    checks: ids of the scan; analyses: names of the other scans; alarms: globs over names of alarms.
    playbooks: names of playbooks that answer it when it happens.
    remains: what the controls do not answer.
    """

    id: str = Field(pattern=r"^T\d{2}$")
    title: str
    boundary: str
    stride: tuple[Stride, ...] = Field(min_length=1)
    references: tuple[str, ...] = Field(min_length=1)
    actors: tuple[str, ...] = Field(min_length=1)
    assets: tuple[str, ...] = Field(min_length=1)
    likelihood: Rating
    impact: Rating
    controls: tuple[Control, ...] = Field(min_length=1)
    checks: tuple[str, ...]
    analyses: tuple[str, ...] = ()
    tests: tuple[str, ...] = Field(min_length=1)
    alarms: tuple[str, ...]
    playbooks: tuple[str, ...] = ()
    control_strength: Strength
    residual_likelihood: Rating
    remains: str
    treatment: Treatment
    owner: str

    @property
    def inherent_risk(self) -> Rating:
        return risk(self.likelihood, self.impact)

    @property
    def residual_risk(self) -> Rating:
        return risk(self.residual_likelihood, self.impact)


class ThreatRegister(_Entry):
    scope: Scope
    assets: tuple[Asset, ...]
    actors: tuple[Actor, ...]
    boundaries: tuple[Boundary, ...]
    threats: tuple[Threat, ...]

    @model_validator(mode="after")
    def _names_what_it_has(self) -> Self:
        for kind, every in (("asset", self.assets), ("actor", self.actors), ("boundary", self.boundaries)):
            _require_once(kind, [it.id for it in every])
        _require_once("threat", [it.id for it in self.threats])
        for threat in self.threats:
            _require_known(threat.id, threat.assets, self.assets)
            _require_known(threat.id, threat.actors, self.actors)
            _require_known(threat.id, (threat.boundary,), self.boundaries)
            _require_weaker(threat)
        return self


def risk(likelihood: Rating, impact: Rating) -> Rating:
    """The lower of the two, and never negligible where the impact is high. The project's own."""
    least = Rating.LOW if impact is Rating.HIGH else Rating.NEGLIGIBLE
    ratings = list(Rating)
    return ratings[max(ratings.index(least), min(ratings.index(likelihood), ratings.index(impact)))]


def load_threats(path: Path) -> ThreatRegister:
    """Raises: ThreatsInvalid: the file breaks the rules of the register."""
    try:
        return ThreatRegister.model_validate(yaml.safe_load(path.read_text()))
    except (OSError, yaml.YAMLError) as error:
        raise ThreatsInvalid(f"{path} is not a register of threats: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(it) for it in first["loc"]) or "register"
        raise ThreatsInvalid(f"{path}: {where}: {first['msg']}.") from None


def _require_once(kind: str, ids: list[str]) -> None:
    if twice := sorted({it for it in ids if ids.count(it) > 1}):
        raise ValueError(f"there are two of {kind} {' '.join(twice)}")


def _require_known(threat: str, named: tuple[str, ...], known: tuple[Asset | Actor | Boundary, ...]) -> None:
    if missing := sorted(set(named) - {it.id for it in known}):
        raise ValueError(f"{threat} names {' '.join(missing)}, which the register does not have")


def _require_weaker(threat: Threat) -> None:
    ratings = list(Rating)
    if ratings.index(threat.residual_likelihood) > ratings.index(threat.likelihood):
        raise ValueError(f"{threat.id} is likelier with its controls than without them")

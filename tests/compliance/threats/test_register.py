"""Whatever the register of threats names exists, and its document says what it says."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml

from catalogue import load_catalogue
from compliance.analyses.suite import NAMES
from compliance.threats.document import DOCUMENT, REGISTER, document
from compliance.threats.exceptions import ThreatsInvalid
from compliance.threats.register import Rating, Threat, ThreatRegister, load_threats, risk

ROOT = Path(__file__).parents[3]
THREATS = load_threats(REGISTER)


def _named_files(register: ThreatRegister) -> Iterator[str]:
    for asset in register.assets:
        yield from asset.where
    for threat in register.threats:
        yield from (it.file for it in threat.controls)
        yield from threat.tests


def _check_ids() -> set[str]:
    manifest = json.loads((ROOT / "compliance" / "manifest.json").read_text())
    return {it for every in manifest["checks_by_type"].values() for it in every} | set(
        manifest["graph_checks"]
    )


def _each(threat: Threat) -> str:
    return threat.id


def test_every_file_that_is_named_exists() -> None:
    assert [it for it in _named_files(THREATS) if not (ROOT / it).exists()] == []


@pytest.mark.parametrize("threat", THREATS.threats, ids=_each)
def test_every_check_and_every_other_scan_that_is_named_exists(threat: Threat) -> None:
    assert set(threat.checks) <= _check_ids()
    assert set(threat.analyses) <= set(NAMES)


def test_every_alarm_that_is_named_is_declared() -> None:
    """By the estate that is kept as text for reviews."""
    golden = (ROOT / "tests" / "stacks" / "golden" / "slice.txt").read_text()
    resources = [line.partition(" | ")[0].strip() for line in golden.splitlines() if "Alarm::" in line]
    declared = [it.rpartition("::")[2] for it in resources]
    wanted = {it for threat in THREATS.threats for it in threat.alarms}

    assert [it for it in wanted if not any(fnmatchcase(name, it) for name in declared)] == []


def test_every_playbook_that_is_named_exists() -> None:
    named = {it for threat in THREATS.threats for it in threat.playbooks}

    assert [it for it in named if not list((ROOT / "runbooks").glob(f"**/{it}.md"))] == []


def test_every_owner_is_a_role_of_the_catalogue() -> None:
    assert {it.owner for it in THREATS.threats} <= set(load_catalogue().roles)


def test_the_document_is_what_the_register_makes_it() -> None:
    """`python -m compliance.threats` makes it anew."""
    assert document(DOCUMENT.read_text(), THREATS) == DOCUMENT.read_text()


def test_every_asset_actor_and_boundary_has_a_threat() -> None:
    used = {name for it in THREATS.threats for name in (*it.assets, *it.actors, it.boundary)}

    assert {it.id for it in (*THREATS.assets, *THREATS.actors, *THREATS.boundaries)} == used


@pytest.mark.parametrize(
    ("likelihood", "impact", "expected"),
    [
        (Rating.HIGH, Rating.HIGH, Rating.HIGH),
        (Rating.MODERATE, Rating.HIGH, Rating.MODERATE),
        (Rating.LOW, Rating.HIGH, Rating.LOW),
        (Rating.NEGLIGIBLE, Rating.HIGH, Rating.LOW),
        (Rating.HIGH, Rating.NEGLIGIBLE, Rating.NEGLIGIBLE),
        (Rating.HIGH, Rating.MODERATE, Rating.MODERATE),
    ],
)
def test_risk_follows_from_likelihood_and_impact(
    likelihood: Rating, impact: Rating, expected: Rating
) -> None:
    assert risk(likelihood, impact) == expected


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"assets": ["A99"]}, "A99", id="an unknown asset"),
        pytest.param(
            {"residual_likelihood": "high", "likelihood": "low"}, "likelier", id="controls that make it worse"
        ),
        pytest.param({"stride": ["bad-luck"]}, "stride", id="an unknown kind"),
        pytest.param({"odd": 1}, "odd", id="an unknown key"),
        pytest.param({"id": "T02"}, "two of threat T02", id="an id twice"),
    ],
)
def test_a_register_that_breaks_its_rules_is_refused(
    tmp_path: Path, change: dict[str, object], says: str
) -> None:
    broken = yaml.safe_load(REGISTER.read_text())
    broken["threats"][0].update(change)
    path = tmp_path / "threats.yaml"
    path.write_text(yaml.safe_dump(broken))

    with pytest.raises(ThreatsInvalid, match=says):
        load_threats(path)

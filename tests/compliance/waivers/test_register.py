"""The register takes nothing that a reviewer could not judge."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from catalogue import load_catalogue
from compliance.exceptions import WaiversInvalid
from compliance.waivers import WAIVERS, load

ENTRY = {
    "check": "CKV_AWS_27",
    "urn": "urn:pulumi:data-*::estate::estate:data:Queue$aws:sqs/queue:Queue::work",
    "owner": "cloud-platform",
    "reason": "The partner cannot read messages under a key of ours until its own migration.",
    "ticket": "DEBT-001",
    "added": "2026-11-22",
    "expires": "2027-05-22",
}


def register(folder: Path, *entries: object) -> Path:
    path = folder / "waivers.yaml"
    path.write_text(yaml.safe_dump(list(entries)))
    return path


def test_an_entry_is_read_as_it_stands(tmp_path: Path) -> None:
    (read,) = load(register(tmp_path, ENTRY), owners=["cloud-platform"])
    assert (read.check, read.ticket, str(read.expires)) == ("CKV_AWS_27", "DEBT-001", "2027-05-22")


def test_a_decision_about_two_urns_is_a_waiver_of_each_with_one_ticket(tmp_path: Path) -> None:
    urns = [ENTRY["urn"], f"{ENTRY['urn']}-done"]
    read = load(register(tmp_path, ENTRY | {"urn": urns}))
    assert [(it.urn, it.ticket) for it in read] == [(it, "DEBT-001") for it in urns]


def test_an_empty_register_waives_nothing(tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").write_text("# nothing\n")
    assert load(tmp_path / "waivers.yaml") == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"check": "CKV_AWS_*"}, "entry 1, check", id="glob over checks"),
        pytest.param({"urn": "*"}, "entry 1, urn", id="not a URN"),
        pytest.param({"urn": [ENTRY["urn"], "*"]}, "entry 1, urn.1", id="one of two no URN"),
        pytest.param({"urn": []}, "entry 1, urn", id="no URN"),
        pytest.param(
            {"urn": [ENTRY["urn"], "urn:pulumi:data-*::estate::*::work"]},
            "has a wildcard in its types",
            id="any type in one of two",
        ),
        pytest.param({"reason": "later"}, "entry 1, reason", id="no reason to speak of"),
        pytest.param({"ticket": "JIRA-1"}, "entry 1, ticket", id="ticket of another register"),
        pytest.param({"expires": "never"}, "entry 1, expires", id="no date"),
        pytest.param({"expires": "2026-11-21"}, "before it was added", id="expired when added"),
        pytest.param({"expires": "2029-01-01"}, "more than 366 days", id="for years"),
        pytest.param({"owner": "somebody"}, "owner 'somebody' is not one of", id="nobody's"),
        pytest.param(
            {"urn": "urn:pulumi:data-*::estate::*::work"}, "has a wildcard in its types", id="any type"
        ),
        pytest.param(
            {"urn": "urn:pulumi:data-*::estate::estate:data:*$aws:sqs/queue:Queue::work"},
            "has a wildcard in its types",
            id="any component",
        ),
        pytest.param({"urn": "urn:pulumi:data-*"}, "has a wildcard in its types", id="any resource"),
        pytest.param({"severity": "low"}, "entry 1, severity", id="unknown field"),
    ],
)
def test_an_entry_that_breaks_a_rule_is_refused(tmp_path: Path, change: dict[str, str], told: str) -> None:
    with pytest.raises(WaiversInvalid, match="cannot be used") as caught:
        load(register(tmp_path, ENTRY | change), owners=["cloud-platform"])
    assert told in str(caught.value)


def test_one_that_is_added_in_years_to_come_is_refused(tmp_path: Path) -> None:
    path = register(tmp_path, ENTRY | {"added": "2034-11-22", "expires": "2035-11-22"})
    with pytest.raises(WaiversInvalid, match="added on 2034-11-22, which is yet to come"):
        load(path, today=date(2026, 11, 22))


def test_tomorrow_is_today_somewhere(tmp_path: Path) -> None:
    assert load(register(tmp_path, ENTRY), today=date(2026, 11, 21))


def test_a_glob_over_outer_components_is_no_glob_over_types(tmp_path: Path) -> None:
    nested = "urn:pulumi:*::estate::*$estate:data:Queue$aws:sqs/queue:Queue::*"
    assert load(register(tmp_path, ENTRY | {"urn": nested}))


def test_a_missing_field_is_told_by_name(tmp_path: Path) -> None:
    entry = {key: value for key, value in ENTRY.items() if key != "expires"}
    with pytest.raises(WaiversInvalid, match="entry 1, expires: field required"):
        load(register(tmp_path, entry))


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(WaiversInvalid) as caught:
        load(register(tmp_path, ENTRY | {"reason": "later"}, ENTRY | {"check": "all"}))
    assert len(caught.value.mistakes) == 2


def test_a_ticket_is_one_waivers(tmp_path: Path) -> None:
    with pytest.raises(WaiversInvalid, match="'DEBT-001' is used more than once"):
        load(register(tmp_path, ENTRY, ENTRY | {"check": "CKV_AWS_26"}))


@pytest.mark.parametrize("text", ["{", "a: 1", "- 1"])
def test_what_is_no_list_of_entries_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "waivers.yaml").write_text(text)
    with pytest.raises(WaiversInvalid, match="cannot be used"):
        load(tmp_path / "waivers.yaml")


def test_one_for_some_environments_is_for_no_other(tmp_path: Path) -> None:
    path = register(tmp_path, ENTRY | {"environments": ["slice", "local"]})
    assert [len(load(path, environment=it)) for it in ("slice", "local", "prod", "")] == [1, 1, 0, 0]


def test_the_estates_register_can_be_used_and_is_short_where_people_depend_on_it() -> None:
    catalogue = load_catalogue()
    for environment in catalogue.environments:
        load(WAIVERS, owners=catalogue.owners, environment=environment)
    assert len(load(WAIVERS, environment="prod")) <= 20


def test_its_environments_are_the_catalogues() -> None:
    named = {it for entry in yaml.safe_load(WAIVERS.read_text()) for it in entry.get("environments", ())}
    assert named <= load_catalogue().environments.keys()

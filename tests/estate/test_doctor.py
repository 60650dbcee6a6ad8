"""What `estate doctor` finds, and the fix that it gives."""

import json
import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import catalogue
from catalogue import UnknownEnvironment, load_catalogue
from estate.commands import doctor
from estate.deployer.prerequisites import Check
from estate.lock import applying
from estate.places import Places, project_root
from tests.estate.test_deployer_prerequisites import Given

LOCK = """\
boto3==1.44.5 \\
    --hash=sha256:00
pywin32==311 ; sys_platform == 'win32' \\
    --hash=sha256:00
networkx==3.6.1 ; python_full_version < '3.12' \\
    --hash=sha256:00
networkx==3.7 ; python_full_version >= '3.12' \\
    --hash=sha256:00
"""


def lacks_room(_: Path) -> int:
    return 100 << 20


def has_room(_: Path) -> int:
    return 50 << 30


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ESTATE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_twin_is_checked_for_what_this_machine_must_have(home: Path) -> None:
    diagnosis = doctor.run("slice")

    assert [check.name for check in diagnosis.checks] == [
        "python",
        "packages",
        "catalogue",
        "stack config",
        "system",
        "machine",
        "state folder",
        "loopback",
        "lock",
        "control plane",
    ]
    assert not home.exists(), "looking must leave nothing behind"


def test_an_environment_on_aws_is_checked_for_what_a_deployment_must_have() -> None:
    diagnosis = doctor.run("dev", Given(version=None))

    assert [(check.name, check.ok) for check in diagnosis.checks[4:]] == [
        ("system", True),
        ("catalogue values", False),
        ("AWS endpoint", True),
        ("Pulumi CLI", False),
        ("Pulumi backend", False),
        ("AWS account", False),
    ]
    assert not diagnosis.holds


def test_every_check_has_its_four_keys_in_json(home: Path) -> None:
    checks = json.loads(json.dumps(doctor.run("slice").to_json()))["checks"]

    assert [sorted(check) for check in checks] == [["detail", "fix", "name", "ok"]] * 10


def test_an_environment_holds_where_every_check_does() -> None:
    passed, failed = Check("one", True, "is there"), Check("two", False, "is not", "Get it.")

    assert doctor.Diagnosis("slice", [passed]).holds
    assert not doctor.Diagnosis("slice", [passed, failed]).holds


def test_an_environment_that_there_is_not_cannot_be_checked() -> None:
    with pytest.raises(UnknownEnvironment):
        doctor.run("nowhere")


def test_a_broken_catalogue_is_one_failed_check_that_names_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(catalogue.CATALOGUE_VARIABLE, str(tmp_path))

    last = doctor.run("slice").checks[-1]

    assert (last.name, last.ok) == ("catalogue", False)
    assert "benefits.yaml" in last.detail


@pytest.mark.parametrize(
    ("version", "ok"),
    [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False), ((4, 0), False)],
)
def test_python_has_to_be_of_a_version_that_the_project_supports(version: tuple[int, int], ok: bool) -> None:
    assert doctor.check_python(version).ok is ok


def test_the_versions_of_python_are_those_of_the_project() -> None:
    project = tomllib.loads((project_root() / "pyproject.toml").read_text())["project"]
    oldest, before = (".".join(map(str, it)) for it in (doctor.PYTHON_FROM, doctor.PYTHON_BEFORE))

    assert project["requires-python"] == f">={oldest},<{before}"
    assert doctor.check_python(sys.version_info[:2]).ok


@pytest.mark.parametrize(
    ("installed", "detail"),
    [
        pytest.param({"boto3": "1.44.5", "networkx": "3.6.1"}, "as in requirements.lock", id="same"),
        pytest.param({"boto3": "1.44.5", "networkx": "3.7"}, "as in requirements.lock", id="other platform"),
        pytest.param({"boto3": "1.0.0"}, "boto3 1.0.0 instead of 1.44.5", id="other version"),
        pytest.param({}, "boto3 missing instead of 1.44.5", id="missing"),
        pytest.param(
            {"boto3": "1.44.5", "networkx": "2.0"},
            "networkx 2.0 instead of 3.6.1 or 3.7",
            id="of no platform",
        ),
    ],
)
def test_packages_have_to_be_those_of_the_lock(installed: dict[str, str], detail: str) -> None:
    check = doctor.check_packages(LOCK, installed.get)

    assert (check.detail, check.ok) == (detail, detail == "as in requirements.lock")


@pytest.mark.parametrize(
    ("system", "is_twin", "ok"),
    [
        ("Linux", True, True),
        ("Linux", False, True),
        ("Darwin", True, False),
        ("Darwin", False, True),
        ("Windows", True, False),
        ("Windows", False, False),
    ],
)
def test_outside_linux_it_is_said_what_does_not_work(system: str, is_twin: bool, ok: bool) -> None:
    check = doctor.check_system(system, is_twin)

    assert check.ok is ok
    assert bool(check.fix) is not ok


def test_the_configuration_of_every_stack_is_current() -> None:
    names = ("slice", "local", "dev", "staging", "prod")
    checks = {
        name: doctor.check_configuration(load_catalogue().estate(name), project_root()) for name in names
    }

    assert {name: check.detail for name, check in checks.items()} == {
        "slice": "5 stacks",
        "local": "10 stacks",
        "dev": "5 stacks",
        "staging": "10 stacks",
        "prod": "10 stacks",
    }
    assert all(check.ok for check in checks.values())


def test_a_configuration_that_leads_elsewhere_is_found() -> None:
    estate = load_catalogue().estate("dev")
    moved = replace(estate, environment=estate.environment.model_copy(update={"account_id": "204060801030"}))

    check = doctor.check_configuration(moved, project_root())

    assert (check.ok, check.detail) == (False, 'foundation-dev leads to eu-west-2 in ["111111111111"]')
    assert "python -m stacks.configuration" in check.fix


def test_a_stack_without_configuration_is_found(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: estate\nruntime: python\n")

    check = doctor.check_configuration(load_catalogue().estate("dev"), tmp_path)

    assert (check.ok, check.detail) == (False, "foundation-dev has none")


def test_a_folder_without_a_project_is_found(tmp_path: Path) -> None:
    assert (
        "There is no Pulumi.yaml"
        in doctor.check_configuration(load_catalogue().estate("dev"), tmp_path).detail
    )


@pytest.mark.parametrize(
    ("cores", "memory_gib", "ok"), [(2, 24, True), (1, 24, False), (2, 3, False), (8, 4, True)]
)
def test_a_machine_has_to_be_large_enough(cores: int, memory_gib: int, ok: bool) -> None:
    assert doctor.check_size(cores, memory_gib << 30).ok is ok


def test_a_state_folder_that_is_not_there_yet_is_judged_by_its_parent(tmp_path: Path) -> None:
    assert doctor.check_state_folder(tmp_path / "a" / "b", has_room).ok
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("name", "free_bytes", "detail"),
    [
        pytest.param("a-file/slice", has_room, "a-file cannot be written to", id="a file is in the way"),
        pytest.param("slice", lacks_room, "0.1 GiB are free at ", id="no room"),
    ],
)
def test_a_state_folder_that_cannot_hold_the_state_is_found(
    tmp_path: Path, name: str, free_bytes: Callable[[Path], int], detail: str
) -> None:
    (tmp_path / "a-file").touch()

    check = doctor.check_state_folder(tmp_path / name, free_bytes)

    assert not check.ok
    assert detail in check.detail
    assert "ESTATE_HOME" in check.fix


def test_an_address_that_cannot_be_listened_on_is_found() -> None:
    # TEST-NET-1 is nobody's address. Source: RFC 5737.
    assert not doctor.check_loopback("192.0.2.1").ok
    assert doctor.check_loopback().ok


def test_a_run_that_applies_at_the_moment_is_found(home: Path) -> None:
    places = Places.of("slice")
    assert doctor.check_lock(places, "slice").ok

    with applying(places.lock, "slice"):
        check = doctor.check_lock(places, "slice")

    assert (check.ok, check.fix) == (False, "Wait until it has ended and run the command again.")
    assert check.detail.startswith("Another run (process ")
    assert doctor.check_lock(places, "slice").ok


def test_a_control_plane_that_is_down_is_told_and_is_no_fault(home: Path) -> None:
    assert doctor.check_emulator(Places.of("slice"), "slice") == Check(
        "control plane", True, "down", "'estate up slice' starts it."
    )

"""`estate up`, `diff` and `drift` of an environment on AWS, down to a stand-in for the Pulumi CLI."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import catalogue
from estate import deployer
from estate.deployer.prerequisites import Machine
from estate.exceptions import NotConfirmed, ToolMissing
from estate.terminal import Terminal
from tests.estate.pulumi_stand_in import BACKEND, Plan, StandIn, step

ACCOUNT = "204060801030"
DEV = ("foundation-dev", "data-dev", "platform-dev", "services-dev", "recovery-dev")
QUEUE = "urn:pulumi:data-dev::estate::aws:sqs/queue:Queue::orders"


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    return StandIn(tmp_path, monkeypatch)


@pytest.fixture
def terminal() -> Terminal:
    return Terminal(as_json=True)


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Replaces one text by another in the environments of a catalogue that is used instead of the real one."""
    copy = tmp_path / "catalogue"
    shutil.copytree(
        Path(catalogue.__file__).parent, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__")
    )
    monkeypatch.setenv(catalogue.CATALOGUE_VARIABLE, str(copy))

    def edit(old: str, new: str) -> None:
        file = copy / "environments.yaml"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))

    return edit


@pytest.fixture
def real_values(edited: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """An account and a domain of dev that could be real, and credentials of that account."""
    edited("111111111111", ACCOUNT)
    edited("dev.estate.example", "dev.estate.scot")
    monkeypatch.setattr(Machine, "account_id", lambda self, region: ACCOUNT)


@pytest.mark.usefixtures("real_values")
def test_every_stack_is_previewed_and_then_deployed(cli: StandIn, terminal: Terminal) -> None:
    cli.write(stacks=DEV, plans={stack: Plan({"same": 9, "create": 1}) for stack in DEV})

    result = deployer.up("dev", terminal, yes=True)

    told = [it for it in cli.commands if it.split()[0] in ("preview", "up")]
    assert told == [f"preview {it}" for it in DEV] + [f"up {it}" for it in DEV]
    assert result.to_json()["resources"] == {
        "created": 5,
        "updated": 0,
        "replaced": 0,
        "unchanged": 45,
        "deleted": 0,
    }
    assert result.to_json()["endpoints"]["edge"] == "https://dev.estate.scot"


@pytest.mark.usefixtures("real_values")
def test_without_yes_and_without_a_terminal_nothing_is_touched(cli: StandIn, terminal: Terminal) -> None:
    cli.write(stacks=DEV, plans={stack: Plan({"create": 1}) for stack in DEV})

    with pytest.raises(NotConfirmed, match=r"nobody is at a terminal to confirm it\. Nothing was touched\."):
        deployer.up("dev", terminal, yes=False)

    assert cli.changing == []


@pytest.mark.usefixtures("real_values")
def test_drift_is_found_by_the_command(cli: StandIn, terminal: Terminal) -> None:
    cli.write(stacks=DEV, plans={"data-dev": Plan({"delete": 1}, [step("delete", QUEUE)])})

    assert [it["urn"] for it in deployer.drift("dev", terminal).to_json()["findings"]] == [QUEUE]
    assert cli.changing == []


def test_nothing_is_asked_of_a_stack_while_something_is_missing(cli: StandIn, terminal: Terminal) -> None:
    cli.write(stacks=DEV)

    with pytest.raises(ToolMissing, match=r"dev still has placeholders: 111111111111, dev\.estate\.example"):
        deployer.up("dev", terminal, yes=True)

    assert set(cli.commands) == {"version", "whoami"}


def test_the_machine_tells_what_the_cli_says(cli: StandIn, tmp_path: Path) -> None:
    assert Machine(tmp_path).cli_version() == "3.272.0"
    assert Machine(tmp_path).backend() == BACKEND


def test_a_backend_that_nobody_logged_in_to_is_told_with_the_reason(cli: StandIn, tmp_path: Path) -> None:
    cli.write(backend=None)

    with pytest.raises(LookupError, match="^PULUMI_ACCESS_TOKEN must be set for login"):
        Machine(tmp_path).backend()


def test_a_machine_without_the_cli_has_no_version_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert Machine(tmp_path).cli_version() is None


def test_an_environment_that_was_never_deployed_is_all_creation(
    cli: StandIn, terminal: Terminal, edited: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    edited("slice:\n  kind: twin", "slice:\n  kind: aws")  # the smallest there is
    monkeypatch.setattr(deployer, "require", lambda environment, surroundings: None)

    planned = deployer.diff("slice", terminal)

    command = [sys.executable, "-m", "estate", "preview", "slice", "--json"]
    declared = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["stacks"]
    assert planned.urns("create") == sorted(it["urn"] for stack in declared for it in stack["resources"])
    assert [planned.urns(it) for it in ("update", "replace", "delete")] == [[], [], []]
    assert list(planned.plans) == [stack.replace("-dev", "-slice") for stack in DEV]
    assert cli.changing == []

"""The Automation API as the deployer uses it, above a stand-in for the Pulumi CLI."""

from pathlib import Path

import pytest
from pulumi.automation.errors import CommandError

from engine.diff import PropertyDifference
from estate.deployer.automation import AutomationWorkspace, reason_of
from estate.deployer.workspace import Change, Outcome, StackFailed
from tests.estate.pulumi_stand_in import Plan, StandIn, step

QUEUE = "urn:pulumi:data-dev::estate::aws:sqs/queue:Queue::orders"
TOPIC = "urn:pulumi:data-dev::estate::aws:sns/topic:Topic::news"
ACCESS_DENIED = "error: creating SQS Queue (orders): AccessDenied\nerror: update failed"


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    return StandIn(tmp_path, monkeypatch)


def workspace(tmp_path: Path, told: list[str] | None = None) -> AutomationWorkspace:
    return AutomationWorkspace(
        tmp_path,
        region="eu-west-2",
        on_step=lambda stack, text: (told if told is not None else []).append(f"{stack}: {text}"),
    )


def test_stacks_are_known_by_their_own_names_under_every_kind_of_backend(
    cli: StandIn, tmp_path: Path
) -> None:
    cli.write(stacks=("foundation-dev", "organization/estate/data-dev"))

    assert workspace(tmp_path).stacks() == {"foundation-dev", "data-dev"}


def test_a_preview_tells_counts_and_changes_and_leaves_out_what_stays(cli: StandIn, tmp_path: Path) -> None:
    old, new = ({"inputs": {"delaySeconds": seconds, "name": "orders"}} for seconds in (0, 5))
    steps = [step("update", QUEUE, old, new), step("create", TOPIC), step("same", f"{TOPIC}-2")]
    counts = {"update": 1, "create": 1, "same": 1}
    cli.write(stacks=("data-dev",), plans={"data-dev": Plan(counts, steps)})

    assert workspace(tmp_path).preview("data-dev") == Outcome(
        counts,
        [
            Change("update", QUEUE, [PropertyDifference("delaySeconds", 0, 5)]),
            Change("create", TOPIC, []),
        ],
    )
    assert cli.commands == ["version", "stack select", "preview data-dev"]


def test_a_stack_that_is_not_there_is_made_with_the_key_that_bootstrap_made(
    cli: StandIn, tmp_path: Path
) -> None:
    told: list[str] = []
    cli.write(plans={"data-dev": Plan({"create": 1}, [step("create", QUEUE)])})

    assert workspace(tmp_path, told).up("data-dev") == Outcome({"create": 1})
    assert cli.changing == ["init data-dev awskms://alias/estate/pulumi in eu-west-2", "up data-dev"]
    assert told == ["data-dev: create aws:sqs/queue:Queue orders"]


def test_a_stack_that_is_there_is_not_made_again(cli: StandIn, tmp_path: Path) -> None:
    cli.write(stacks=("data-dev",), plans={"data-dev": Plan({"same": 4})})

    assert workspace(tmp_path).up("data-dev") == Outcome({"same": 4})
    assert cli.changing == ["up data-dev"]


def test_a_failed_deployment_tells_what_pulumi_says_went_wrong(cli: StandIn, tmp_path: Path) -> None:
    cli.write(stacks=("data-dev",), plans={"data-dev": Plan(error=ACCESS_DENIED)})

    with pytest.raises(StackFailed) as failure:
        workspace(tmp_path).up("data-dev")

    assert (failure.value.stack, failure.value.reason) == (
        "data-dev",
        "creating SQS Queue (orders): AccessDenied",
    )


def test_a_stack_that_another_update_holds_says_how_to_free_it(cli: StandIn, tmp_path: Path) -> None:
    held = "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end"
    cli.write(stacks=("data-dev",), plans={"data-dev": Plan(error=held)})

    with pytest.raises(
        StackFailed, match=r"^Stack 'data-dev': another update holds it .*'pulumi cancel --stack data-dev'"
    ):
        workspace(tmp_path).up("data-dev")


def test_drift_is_looked_for_without_changing_the_state(cli: StandIn, tmp_path: Path) -> None:
    state = {"inputs": {"tags": {"owner": "case"}}, "outputs": {"tags": {"owner": "case"}, "version": 1}}
    there = {"inputs": {"tags": {"owner": "x"}}, "outputs": {"tags": {"owner": "x"}, "version": 2}}
    steps = [step("update", QUEUE, state, there), step("delete", TOPIC, state)]
    cli.write(stacks=("data-dev",), plans={"data-dev": Plan({"update": 1, "delete": 1}, steps)})

    assert workspace(tmp_path).drift("data-dev") == Outcome(
        {"update": 1, "delete": 1},
        [
            Change("update", QUEUE, [PropertyDifference("tags.owner", "case", "x")]),
            Change("delete", TOPIC, []),
        ],
    )
    assert cli.commands == ["version", "stack select", "refresh-preview data-dev"]


def test_a_stack_is_taken_away_after_that_was_previewed(cli: StandIn, tmp_path: Path) -> None:
    cli.write(stacks=("data-dev",), plans={"data-dev": Plan({"delete": 2}, [step("delete", QUEUE)])})
    under_test = workspace(tmp_path)

    assert under_test.preview_destroy("data-dev") == Outcome({"delete": 2}, [Change("delete", QUEUE, [])])
    assert cli.changing == []
    assert under_test.destroy("data-dev") == Outcome({"delete": 2})
    assert cli.changing == ["destroy data-dev"]


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        pytest.param(
            "\n code: 255\n stdout: \n stderr: error: no stack selected", "no stack selected", id="one"
        ),
        pytest.param(
            "stdout:   error: creating Queue: denied\n  error: creating Topic: denied\n stderr: error: update failed",
            "creating Queue: denied; creating Topic: denied",
            id="what it ends with is no news",
        ),
        pytest.param("stderr: error: update failed", "update failed", id="nothing else is known"),
        pytest.param("panic: out of memory\n", "panic: out of memory", id="no error line"),
    ],
)
def test_the_reason_of_a_failure_is_what_pulumi_calls_an_error(output: str, reason: str) -> None:
    error = CommandError.__new__(CommandError)
    Exception.__init__(error, output)

    assert reason_of(error) == reason

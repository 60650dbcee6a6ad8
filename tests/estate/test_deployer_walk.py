"""The walk over an environment's stacks, with Pulumi stood in for by a record of what it is asked."""

import io
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import pytest
from rich.console import Console

from catalogue import Estate, load_catalogue
from engine.diff import PropertyDifference
from estate.deployer.walk import Walk
from estate.deployer.workspace import Change, Outcome, StackFailed
from estate.exceptions import DeploymentFailed, NotConfirmed, NotUp
from estate.terminal import Terminal

DEV = ["foundation-dev", "data-dev", "platform-dev", "services-dev", "recovery-dev"]
PROD = [
    "foundation-prod",
    "foundation-prod-standby",
    "data-prod",
    "data-prod-standby",
    "platform-prod",
    "platform-prod-standby",
    "services-prod",
    "services-prod-standby",
    "recovery-prod-standby",
    "recovery-prod",
]


@dataclass
class Recorded:
    """A workspace that notes what it is asked. Attributes: failing: stacks whose deployment fails."""

    there: Collection[str] = ()
    failing: Collection[str] = ()
    unforeseeable: Collection[str] = ()
    drifted: dict[str, Outcome] = field(default_factory=dict[str, Outcome])
    asked: list[str] = field(default_factory=list[str])

    def stacks(self) -> Collection[str]:
        return self.there

    def preview(self, stack: str) -> Outcome:
        self.asked.append(f"preview {stack}")
        if stack in self.unforeseeable:
            raise StackFailed(stack, "unknown stack 'foundation-prod-standby'")
        return Outcome(
            {"same": 7, "update": 1}, [Change("update", f"urn:pulumi:{stack}::estate::a:b/c:D::d")]
        )

    def up(self, stack: str) -> Outcome:
        return self._done("up", stack, Outcome({"same": 7, "update": 1}))

    def preview_destroy(self, stack: str) -> Outcome:
        self.asked.append(f"preview-destroy {stack}")
        return Outcome({"delete": 8})

    def destroy(self, stack: str) -> Outcome:
        return self._done("destroy", stack, Outcome({"delete": 8}))

    def drift(self, stack: str) -> Outcome:
        self.asked.append(f"drift {stack}")
        return self.drifted.get(stack, Outcome({"same": 8}))

    @property
    def changing(self) -> list[str]:
        return [it for it in self.asked if it.split()[0] in ("up", "destroy")]

    def _done(self, command: str, stack: str, outcome: Outcome) -> Outcome:
        self.asked.append(f"{command} {stack}")
        if stack in self.failing:
            raise StackFailed(stack, "creating SQS Queue (orders): AccessDenied")
        return outcome


@dataclass
class Answering:
    """A person. Attributes: questions: what was asked of them."""

    answer: str
    questions: list[str] = field(default_factory=list[str])

    def __call__(self, question: str) -> str:
        self.questions.append(question)
        return self.answer


def walk(
    workspace: Recorded, environment: str = "dev", ask: Callable[[str], str] | None = None
) -> tuple[Walk, io.StringIO]:
    """A walk that shows what it does in the text that is returned with it."""
    shown = io.StringIO()
    terminal = Terminal(as_json=False)
    terminal.err = Console(file=shown, width=200)
    estate: Estate = load_catalogue().estate(environment)
    has_standby = estate.environment.standby is not None
    stacks = PROD if has_standby else DEV

    def declared() -> dict[str, Outcome]:
        return {stack: Outcome({"create": 3}, [Change("create", f"urn:{stack}")]) for stack in stacks}

    return Walk(estate, workspace, terminal, declared, ask), shown


@pytest.mark.parametrize(("environment", "stacks"), [("dev", DEV), ("prod", PROD)])
def test_stacks_are_deployed_one_after_another_after_all_were_previewed(
    environment: str, stacks: list[str]
) -> None:
    workspace = Recorded(there=stacks)

    walk(workspace, environment)[0].up(yes=True)

    assert workspace.asked == [f"preview {it}" for it in stacks] + [f"up {it}" for it in stacks]


def test_a_deployment_tells_its_counts_and_where_the_portal_is() -> None:
    result = walk(Recorded(there=DEV))[0].up(yes=True).to_json()

    assert {key: value for key, value in result.items() if key != "seconds"} == {
        "environment": "dev",
        "resources": {"created": 0, "updated": 5, "replaced": 0, "unchanged": 35, "deleted": 0},
        "endpoints": {"edge": "https://dev.estate.example", "aws": None, "faults": None, "console": None},
    }


def test_one_question_is_asked_for_the_whole_after_it_was_shown() -> None:
    person = Answering("yes")
    workspace = Recorded(there=DEV)
    under_test, shown = walk(workspace, ask=person)

    under_test.up(yes=False)

    assert person.questions == ["Deploy this to dev (account 111111111111, eu-west-2)? Type 'yes' to go on: "]
    assert [line.split() for line in shown.getvalue().splitlines()[1:6]] == [
        [it, "0", "1", "0", "7", "0"] for it in DEV
    ]
    assert workspace.changing == [f"up {it}" for it in DEV]


@pytest.mark.parametrize("answer", ["", "y", "no", "dev"])
def test_a_deployment_that_is_not_confirmed_touches_nothing(answer: str) -> None:
    workspace = Recorded(there=DEV)

    with pytest.raises(NotConfirmed, match=r"^It was not confirmed\. Nothing was touched in dev "):
        walk(workspace, ask=Answering(answer))[0].up(yes=False)

    assert workspace.changing == []


def test_where_nobody_can_answer_the_plan_is_shown_and_nothing_is_touched() -> None:
    workspace = Recorded(there=DEV)
    under_test, shown = walk(workspace, ask=None)

    with pytest.raises(NotConfirmed, match=r"Add --yes"):
        under_test.up(yes=False)

    assert all(stack in shown.getvalue() for stack in DEV)
    assert workspace.changing == []


def test_a_stack_that_is_not_there_yet_is_foreseen_by_what_the_program_declares() -> None:
    workspace = Recorded(there=DEV[:2])

    plans = walk(workspace)[0].diff()

    assert workspace.asked == ["preview foundation-dev", "preview data-dev"]
    assert plans.urns("create") == ["urn:platform-dev", "urn:recovery-dev", "urn:services-dev"]
    assert plans.urns("update") == [
        "urn:pulumi:data-dev::estate::a:b/c:D::d",
        "urn:pulumi:foundation-dev::estate::a:b/c:D::d",
    ]
    assert list(plans.plans) == DEV


def test_a_deployment_stops_at_the_first_failure_and_says_what_is_done_and_what_is_not() -> None:
    workspace = Recorded(there=DEV, failing=["platform-dev"])

    with pytest.raises(DeploymentFailed) as failure:
        walk(workspace)[0].up(yes=True)

    assert workspace.changing == ["up foundation-dev", "up data-dev", "up platform-dev"]
    assert str(failure.value) == (
        "Stack 'platform-dev' failed: creating SQS Queue (orders): AccessDenied. "
        "Done before it: foundation-dev, data-dev. Not begun: services-dev, recovery-dev. "
        "What was done is kept: mend the cause and run 'estate up dev' again, which goes on from here."
    )


def test_a_preview_that_fails_ends_the_walk_before_anything_is_touched() -> None:
    workspace = Recorded(there=DEV, unforeseeable=["data-dev"])

    with pytest.raises(
        DeploymentFailed, match=r"^Stack 'data-dev' cannot be previewed: .* Nothing was touched\.$"
    ):
        walk(workspace)[0].up(yes=True)

    assert workspace.changing == []


def test_a_preview_that_fails_for_want_of_a_new_stack_names_that_stack() -> None:
    workspace = Recorded(
        there=[it for it in PROD if it != "foundation-prod-standby"], unforeseeable=["data-prod"]
    )

    with pytest.raises(
        DeploymentFailed, match=r"still to be made by foundation-prod-standby: deploy that first"
    ):
        walk(workspace, "prod")[0].diff()


def test_a_stack_that_is_declared_no_more_is_named_and_left_alone() -> None:
    workspace = Recorded(there=[*DEV, "data-dev-standby", "foundation-prod"])
    under_test, shown = walk(workspace)

    under_test.up(yes=True)

    assert shown.getvalue().splitlines()[0] == (
        "Stack 'data-dev-standby' is deployed and declared no more. It is left alone; "
        "'pulumi destroy --stack data-dev-standby' takes it away."
    )
    assert workspace.changing == [f"up {it}" for it in DEV]


def test_an_environment_is_taken_away_against_the_order_in_which_it_was_deployed() -> None:
    workspace = Recorded(there=DEV[:3])

    result = walk(workspace, ask=Answering("dev"))[0].down(yes=False)

    assert workspace.changing == ["destroy platform-dev", "destroy data-dev", "destroy foundation-dev"]
    assert result.to_json() == {
        "environment": "dev",
        "was_up": True,
        "resources": {"created": 0, "updated": 0, "replaced": 0, "unchanged": 0, "deleted": 24},
    }


def test_taking_an_environment_away_wants_its_name_and_not_just_yes() -> None:
    workspace = Recorded(there=DEV)

    with pytest.raises(NotConfirmed):
        walk(workspace, ask=Answering("yes"))[0].down(yes=False)

    assert workspace.changing == []


def test_what_was_never_deployed_is_not_taken_away() -> None:
    workspace = Recorded()

    assert not walk(workspace)[0].down(yes=True).to_json()["was_up"]
    assert workspace.asked == []


def test_drift_names_what_is_missing_and_each_property_that_changed() -> None:
    queue, table = (
        "urn:pulumi:data-dev::estate::aws:sqs/queue:Queue::q",
        "urn:pulumi:data-dev::estate::a:b/c:D::t",
    )
    changes = [
        Change("update", queue, [PropertyDifference("tags.owner", "case-platform", "nobody")]),
        Change("delete", table),
        Change("same", "urn:pulumi:data-dev::estate::a:b/c:D::same"),
    ]
    workspace = Recorded(
        there=DEV, drifted={"data-dev": Outcome({"same": 6, "update": 1, "delete": 1}, changes)}
    )

    drift = walk(workspace)[0].drift()

    assert not drift.holds
    assert drift.to_json() == {
        "environment": "dev",
        "compared": 40,
        "findings": [
            {"urn": table, "kind": "missing", "property": None, "declared": None, "actual": None},
            {
                "urn": queue,
                "kind": "changed",
                "property": "tags.owner",
                "declared": "case-platform",
                "actual": "nobody",
            },
        ],
    }
    assert workspace.asked == [f"drift {it}" for it in DEV]


def test_an_environment_without_drift_holds() -> None:
    assert walk(Recorded(there=DEV))[0].drift().holds


def test_there_is_no_drift_to_look_for_where_nothing_was_deployed() -> None:
    with pytest.raises(NotUp, match=r"Run 'estate up dev' first"):
        walk(Recorded())[0].drift()

"""A page and its steps are one playbook: neither says what the other does not."""

import re
import shlex

import pytest
from botocore.session import Session

from runbooks import NAMES, faults, playbook
from runbooks.exceptions import PlaybookInvalid, PlaybookUnknown
from runbooks.playbook import parse
from runbooks.step import StepKind

COMMAND = re.compile(r"\baws ([a-z0-9-]+) ([a-z0-9-]+)")
AWAITED = {"wait"}


@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_the_steps_that_are_carried_out_in_their_order(name: str) -> None:
    found = playbook(name)
    written = [(it.number, it.id, it.title, it.kind, it.within_seconds) for it in found.page.steps]
    carried_out = [
        (number, it.id, it.title, it.kind, it.within_seconds)
        for number, it in enumerate(found.steps, start=1)
    ]
    assert written == carried_out
    assert found.name == name


@pytest.mark.parametrize("name", NAMES)
def test_every_step_of_a_page_has_a_command_and_every_action_says_how_it_is_undone(name: str) -> None:
    for step in playbook(name).page.steps:
        assert "```sh" in step.body, step.id
        if step.kind is StepKind.ACTION:
            assert "Undo: " in step.body, step.id


@pytest.mark.parametrize("name", NAMES)
def test_the_aws_commands_of_a_page_exist(name: str) -> None:
    session = Session()
    for service, operation in COMMAND.findall(playbook(name).page.text):
        if operation in AWAITED:
            continue
        model = session.get_service_model(service)
        assert operation.replace("-", "") in {it.lower() for it in list(model.operation_names)}, operation  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_the_shell_of_a_page_can_be_read(name: str) -> None:
    for step in playbook(name).page.steps:
        for block in re.findall(r"```sh\n(.*?)```", step.body, re.DOTALL):
            shlex.split(block.replace("\\\n", " "))


@pytest.mark.parametrize("name", [it for it in NAMES if "-X POST" in playbook(it).page.text])
def test_a_fault_lasts_longer_than_the_steps_may_take_that_need_it(name: str) -> None:
    steps, text = playbook(name).steps, playbook(name).page.text
    drills = [number for number, it in enumerate(steps) if it.kind is StepKind.DRILL]
    assert sum(it.within_seconds for it in steps[drills[0] : drills[-1] + 1]) < faults.SECONDS
    assert re.findall(r'\\"seconds\\": ([0-9]+)', text) == [f"{faults.SECONDS:g}"] * text.count("-X POST")


@pytest.mark.parametrize("name", NAMES)
def test_prechecks_come_first_and_the_trouble_begins_at_a_step(name: str) -> None:
    found = playbook(name)
    kinds = [it.kind for it in found.steps]
    assert (
        StepKind.PRECHECK not in kinds[kinds.index(next(it for it in kinds if it is not StepKind.PRECHECK)) :]
    )
    assert set(found.front.onset) <= {it.id for it in found.steps if it.act}


@pytest.mark.parametrize("name", NAMES)
def test_a_step_that_makes_trouble_can_be_taken_back(name: str) -> None:
    made = [it for it in playbook(name).steps if it.kind is StepKind.DRILL]
    assert not made or any(it.undo for it in made)


def test_an_unknown_playbook_is_named_with_those_that_there_are() -> None:
    with pytest.raises(
        PlaybookUnknown, match="There is no playbook 'az-evacuatoin'. There are: az-evacuation"
    ):
        playbook("az-evacuatoin")


@pytest.mark.parametrize(
    ("changed", "to", "said"),
    [
        ("---\nname", "name", "does not begin with front matter"),
        ("rto_seconds: 60", "rto_seconds: soon", "targets.rto_seconds"),
        ("_precheck · ", "_check · ", "a step is"),
        ("name: database-writer-failover", "name: [", "not YAML"),
    ],
    ids=["no-front-matter", "no-number", "unknown-kind", "no-yaml"],
)
def test_a_page_that_cannot_be_read_says_why(changed: str, to: str, said: str) -> None:
    text = playbook("database-writer-failover").page.text
    assert changed in text
    with pytest.raises(PlaybookInvalid, match=said):
        parse(text.replace(changed, to, 1), "here.md")

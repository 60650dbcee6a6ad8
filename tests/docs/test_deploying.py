"""The page on deploying names only what there is."""

import re
import shlex
from collections.abc import Iterator

from catalogue import load_catalogue
from estate.main import app
from estate.places import project_root
from stacks.names import StackName, deployment_order

PAGE = project_root() / "docs" / "deploying.md"
PULUMI = {"cancel", "destroy", "preview", "refresh", "stack", "up"}
OTHERS = {"aws", "cd", "export", "git", "mkdir"}


def commands() -> Iterator[list[str]]:
    """Those in blocks, and those in the text that begin with a program of the project or of Pulumi."""
    page = PAGE.read_text()
    for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL):
        yield from (shlex.split(line) for line in block.splitlines())
    text = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
    for inline in re.findall(r"`((?:estate|make|pulumi|python) [^`]+)`", text):
        yield shlex.split(inline)


def stacks() -> set[str]:
    environments = load_catalogue().environments.values()
    return {str(it) for each in environments for it in deployment_order(each.name, each.standby is not None)}


def is_known(words: list[str]) -> bool:
    match words:
        case ["estate", subcommand, *rest]:
            known = {it.name or getattr(it.callback, "__name__", "") for it in app.registered_commands}
            return subcommand in known and set(rest[:1]) <= set(load_catalogue().environments)
        case ["make", target]:
            return f"\n{target}:" in (project_root() / "Makefile").read_text()
        case ["python", "-m", module]:
            return (project_root() / f"{module.replace('.', '/')}.py").exists()
        case ["pulumi", subcommand, *_]:
            return subcommand in PULUMI
        case [program, *_]:
            return program in OTHERS
        case _:
            return False


def test_every_command_is_one_that_there_is() -> None:
    told = list(commands())

    assert len(told) > 20
    assert [words for words in told if not is_known(words)] == []


def test_every_stack_that_is_named_is_declared() -> None:
    bootstrap = set(load_catalogue().environments)
    named = {words[words.index("--stack") + 1] for words in commands() if "--stack" in words}

    assert named - bootstrap - stacks() == set()
    assert StackName.parse("services-prod-standby").is_standby


def test_every_file_that_is_named_is_there() -> None:
    named = re.findall(
        r"`((?:\.github|bootstrap|catalogue|stacks)/[\w./-]+\.(?:yml|yaml))`", PAGE.read_text()
    )

    assert len(named) >= 3
    assert [it for it in named if not (project_root() / it).exists()] == []


def test_it_says_that_nothing_of_it_has_run_on_aws() -> None:
    assert "**None of this has been run on AWS.**" in PAGE.read_text()

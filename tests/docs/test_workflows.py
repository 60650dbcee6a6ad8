"""The workflows name what there is, and have no more rights than their jobs need."""

import importlib.metadata
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalogue import load_catalogue
from catalogue.environment import Kind
from estate.main import app
from estate.places import project_root

FOLDER = project_root() / ".github" / "workflows"
ON_AWS = ["dev", "staging", "prod"]
LOOKING, DEPLOYING = {"contents": "read"}, {"contents": "read", "id-token": "write"}
ACTIONS = {
    "actions/checkout",
    "actions/setup-python",
    "aws-actions/configure-aws-credentials",
    "pulumi/actions",
}


def workflow(name: str) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true; a loader without such words reads it as GitHub does.
    return yaml.load((FOLDER / name).read_text(), Loader=yaml.BaseLoader)


NAMES = sorted(file.name for file in FOLDER.glob("*.yml"))
JOBS = [(name, job) for name in NAMES for job in workflow(name)["jobs"]]


def job(name: str, key: str) -> dict[str, Any]:
    return workflow(name)["jobs"][key]


def steps(name: str, key: str) -> list[dict[str, Any]]:
    return job(name, key).get("steps", [])


def commands() -> Iterator[tuple[str, str, list[str]]]:
    """(workflow, job, words) of every command that is run."""
    for name, key in JOBS:
        for step in steps(name, key):
            for line in step.get("run", "").splitlines():
                yield (
                    name,
                    key,
                    shlex.split(re.sub(r"\$\{\{ matrix\.environment \}\}|\$ENVIRONMENT", "dev", line)),
                )


def test_these_are_the_workflows() -> None:
    assert NAMES == ["deploy-environment.yml", "deploy.yml", "drift.yml", "pull-request.yml"]


def test_every_command_is_one_that_there_is() -> None:
    makefile = (project_root() / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    subcommands = {
        command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands
    }
    environments = set(load_catalogue().environments)

    unknown = [
        words
        for _, _, words in commands()
        if not (
            (words[0] == "make" and len(words) == 2 and words[1] in targets)
            or (words[0] == ".venv/bin/estate" and words[1] in subcommands and words[2] in environments)
            or words == ["git", "diff", "--exit-code", "--", "stacks/config"]
        )
    ]
    assert unknown == []


def test_these_are_the_commands_of_each_job() -> None:
    told: dict[str, list[str]] = {}
    for name, key, words in commands():
        told.setdefault(f"{name} {key}", []).append(" ".join(words))

    assert told == {
        "deploy-environment.yml diff": ["make setup", ".venv/bin/estate diff dev"],
        "deploy-environment.yml up": [
            "make setup",
            ".venv/bin/estate scan dev",
            ".venv/bin/estate up dev --yes",
            "git diff --exit-code -- stacks/config",
        ],
        "drift.yml drift": ["make setup", ".venv/bin/estate drift dev"],
        "pull-request.yml check": ["make setup", "make check"],
        "pull-request.yml evaluate": [
            "make setup",
            ".venv/bin/estate preview dev",
            ".venv/bin/estate scan dev",
        ],
        "pull-request.yml diff": ["make setup", ".venv/bin/estate diff dev"],
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_has_no_rights_but_those_that_its_jobs_name(name: str) -> None:
    assert workflow(name)["permissions"] == {}


@pytest.mark.parametrize(("name", "key"), JOBS)
def test_a_job_takes_a_token_only_where_it_takes_a_role(name: str, key: str) -> None:
    takes_role = "uses" in job(name, key) or any(
        "configure-aws" in it.get("uses", "") for it in steps(name, key)
    )

    assert job(name, key)["permissions"] == (DEPLOYING if takes_role else LOOKING)


@pytest.mark.parametrize(("name", "key"), JOBS)
def test_a_role_is_taken_from_the_github_environment_that_it_trusts(name: str, key: str) -> None:
    taken = [it["with"]["role-to-assume"] for it in steps(name, key) if "configure-aws" in it.get("uses", "")]
    changes = any("up" in words for where, what, words in commands() if (where, what) == (name, key))

    if not taken:
        assert "environment" not in job(name, key)
        return
    assert taken == ["${{ vars.ROLE_ARN }}"]
    assert job(name, key)["environment"].endswith("-preview") is not changes


def test_every_environment_on_aws_is_looked_at_and_deployed_to_in_order() -> None:
    on_aws = [name for name, it in load_catalogue().environments.items() if it.kind is Kind.AWS]
    promotion = workflow("deploy.yml")["jobs"]

    assert on_aws == ON_AWS
    assert [(key, it["with"]["environment"], it.get("needs", [])) for key, it in promotion.items()] == [
        ("dev", "dev", []),
        ("staging", "staging", "dev"),
        ("prod", "prod", ["dev", "staging"]),
    ]
    for name, key in (("pull-request.yml", "evaluate"), ("pull-request.yml", "diff"), ("drift.yml", "drift")):
        assert job(name, key)["strategy"]["matrix"]["environment"] == ON_AWS


def test_only_tags_are_deployed_and_never_two_at_a_time() -> None:
    deploy = workflow("deploy.yml")

    assert deploy["on"]["push"] == {"tags": ["v*"]}
    assert deploy["concurrency"] == {"group": "deploy", "cancel-in-progress": "false"}
    assert all("github.ref_type == 'tag'" in it["if"] for it in deploy["jobs"].values())
    assert job("deploy-environment.yml", "up")["needs"] == "diff"


@pytest.mark.parametrize(("name", "key"), [it for it in JOBS if "steps" in job(*it)])
def test_a_job_ends_by_itself_and_leaves_no_token_behind(name: str, key: str) -> None:
    [checkout] = [it for it in steps(name, key) if it.get("uses", "").startswith("actions/checkout@")]

    assert int(job(name, key)["timeout-minutes"]) <= 240
    assert checkout["with"]["persist-credentials"] == "false"


def test_foreign_actions_are_few_and_pinned_at_least_to_a_major_version() -> None:
    used = {it["uses"] for name, key in JOBS for it in steps(name, key) if "uses" in it}

    assert {it.partition("@")[0] for it in used} == ACTIONS
    assert all(re.fullmatch(r"v[0-9]+|[0-9a-f]{40}", it.partition("@")[2]) for it in used)


def test_the_cli_is_installed_in_the_version_of_the_sdk() -> None:
    versions = {
        it["with"]["pulumi-version"]
        for name, key in JOBS
        for it in steps(name, key)
        if it.get("uses", "").startswith("pulumi/actions@")
    }

    assert versions == {importlib.metadata.version("pulumi")}


def test_no_expression_that_a_stranger_can_write_reaches_a_shell() -> None:
    lines = [it["run"] for name, key in JOBS for it in steps(name, key) if "run" in it]

    assert {found for line in lines for found in re.findall(r"\$\{\{(.*?)\}\}", line)} <= {
        " matrix.environment "
    }


def test_dependabot_keeps_actions_and_packages_current() -> None:
    updates = yaml.safe_load(Path(FOLDER.parent / "dependabot.yml").read_text())["updates"]

    assert [it["package-ecosystem"] for it in updates] == ["github-actions", "pip"]

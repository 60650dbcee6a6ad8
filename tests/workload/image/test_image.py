"""The image's file and its lock keep the rules that nobody checks while building."""

import dis
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from types import CodeType

import pytest

from components.private_service import private_service

ROOT = Path(__file__).parents[3]
WORKLOAD = ROOT / "workload"
NOT_IN_THE_IMAGE = ("partners", "client")
LOADED_BY_NAME = ("uvloop",)
"""By uvicorn, which is told its name."""

PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z,]+\])?==([^\s;\\]+)", re.MULTILINE)


def _instructions() -> list[str]:
    """Of the Dockerfile, with continued lines joined."""
    lines = [line for line in (WORKLOAD / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    return [line for line in "\n".join(lines).replace("\\\n", " ").splitlines() if line.strip()]


def _of(word: str) -> list[str]:
    return [it.partition(" ")[2].strip() for it in _instructions() if it.startswith(f"{word} ")]


def _pins(path: Path) -> dict[str, str]:
    return dict(PIN.findall(path.read_text()))


def _pinned_by_project() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return dict(PIN.findall("\n".join(project["dependencies"])))


def _imported() -> Iterator[str]:
    """Distributions that the workload's modules import, those of the image and those beside it."""
    known = packages_distributions()
    for path in WORKLOAD.rglob("*.py"):
        for name in _roots(compile(path.read_text(), path, "exec")):
            if name not in sys.stdlib_module_names and name != "workload":
                yield known[name][0].lower()


def _roots(code: CodeType) -> Iterator[str]:
    """The workload has no relative import.

    Of compiled code, for `ast.parse` of Python 3.11 fails when another thread parses meanwhile
    (https://github.com/python/cpython/issues/106905), and tests beside this one leave threads.
    """
    for instruction in dis.get_instructions(code):
        if instruction.opname == "IMPORT_NAME":
            yield instruction.argval.partition(".")[0]
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _roots(inner)


def test_every_stage_begins_with_a_base_by_digest() -> None:
    stages = _of("FROM")
    assert len(stages) == 2
    assert all(re.match(r"\S+@sha256:\$\{BASE_DIGEST\}", it) for it in stages)


@pytest.mark.parametrize("name", ["BASE_DIGEST", "RDS_BUNDLE_SHA256"])
def test_what_is_pinned_has_no_default(name: str) -> None:
    declared = [it for it in _of("ARG") if it.startswith(name)]
    assert set(declared) == {name}


def test_what_comes_from_elsewhere_is_checked() -> None:
    assert [it.split()[0] for it in _of("ADD")] == ["--checksum=sha256:${RDS_BUNDLE_SHA256}"]
    (installing,) = [it for it in _of("RUN") if "pip install" in it]
    assert "--require-hashes" in installing
    assert "--only-binary :all:" in installing


def test_it_runs_as_the_user_of_the_task_definition() -> None:
    source = Path(private_service.__file__).read_text()
    (user,) = re.findall(r'args\.get\("user", "([0-9:]+)"\)', source)
    assert _of("USER") == [user]
    assert not user.startswith("0")


def test_it_runs_the_workload_and_nothing_of_a_shell() -> None:
    assert _of("ENTRYPOINT") == ['["python", "-m", "workload"]']
    assert _of("CMD") == []
    assert not any("apt" in it for it in _of("RUN"))


def test_only_tmp_can_be_written() -> None:
    assert _of("VOLUME") == ['["/tmp"]']
    (variables,) = _of("ENV")
    assert "PYTHONDONTWRITEBYTECODE=1" in variables


def test_the_server_of_a_database_is_checked_by_name() -> None:
    (variables,) = _of("ENV")
    assert {"PGSSLMODE=verify-full", "PGSSLROOTCERT=/app/rds-global-bundle.pem"} <= set(variables.split())


def test_health_is_the_task_definitions() -> None:
    assert _of("HEALTHCHECK") == ["NONE"]


def test_stand_ins_and_client_stay_out() -> None:
    ignored = (WORKLOAD / ".dockerignore").read_text().splitlines()
    assert {f"{name}/" for name in NOT_IN_THE_IMAGE} <= set(ignored)
    inside = [
        path for path in WORKLOAD.rglob("*.py") if path.relative_to(WORKLOAD).parts[0] not in NOT_IN_THE_IMAGE
    ]
    imports = re.compile(rf"^\s*(?:from|import) workload\.(?:{'|'.join(NOT_IN_THE_IMAGE)})\b", re.MULTILINE)
    assert [str(path) for path in inside if imports.search(path.read_text())] == []


def test_every_import_is_required_and_everything_required_is_imported() -> None:
    assert {*_imported(), *LOADED_BY_NAME} == set(_pins(WORKLOAD / "requirements.in"))


def test_versions_are_those_of_the_project() -> None:
    everything = _pins(ROOT / "requirements.lock")
    assert _pinned_by_project().items() <= everything.items()
    for path in ("requirements.in", "requirements.lock"):
        pins = _pins(WORKLOAD / path)
        assert pins == {name: everything[name] for name in pins}


def test_the_lock_holds_what_is_required_with_hashes_and_names_no_index() -> None:
    text = (WORKLOAD / "requirements.lock").read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [it.partition("==")[0] for it in entries if "--hash=sha256:" not in it] == []
    assert "://" not in text
    assert _pins(WORKLOAD / "requirements.in").keys() <= _pins(WORKLOAD / "requirements.lock").keys()

"""What a program sees of pulumi_aws is the same, whether or not its packages import all of their modules at once."""

import json
import subprocess
import sys
from pathlib import Path

import pulumi_aws
import pytest

SEEN = """
import importlib, json, sys
if sys.argv[1] == "on-demand":
    from engine import on_demand
    on_demand.install()
seen = {}
for package in sys.argv[2:]:
    module = importlib.import_module("pulumi_aws." + package)
    hasattr(module, "anything")  # the SDK imports the package itself at the first look into it
    at_once = sum(it.startswith(module.__name__ + ".") for it in sys.modules)
    names = [it for it in dir(module) if not it.startswith("_") and it not in ("typing", "sys")]
    found = {it: getattr(module, it) for it in names}
    told = {name: [getattr(it, "__module__", ""), getattr(it, "__name__", repr(it))] for name, it in found.items()}
    seen[package] = [at_once, told]
print(json.dumps(seen))
"""
PACKAGES = sorted(it.parent.name for it in Path(pulumi_aws.__file__).parent.glob("*/__init__.py"))


def seen(how: str, *packages: str) -> dict[str, tuple[int, dict[str, list[str]]]]:
    """By package: how many modules were imported with it, and what each of its names is."""
    done = subprocess.run(
        [sys.executable, "-c", SEEN, how, *packages], capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_same(packages: list[str]) -> None:
    lazily, as_usual = (seen(how, *packages) for how in ("on-demand", "at-once"))
    for package in packages:
        assert as_usual[package][1]
        assert lazily[package][1] == as_usual[package][1], package


def test_a_package_has_the_same_names_and_imports_none_of_them_at_first() -> None:
    assert_same(["iam", "sqs", "config"])
    assert seen("on-demand", "iam")["iam"][0] == 0
    assert seen("at-once", "iam")["iam"][0] > 20


@pytest.mark.full
@pytest.mark.parametrize("start", range(0, len(PACKAGES), 40))
def test_every_package_has_the_same_names(start: int) -> None:
    assert_same(PACKAGES[start : start + 40])


def test_what_code_names_is_imported_before_it_runs_and_an_environment_beside_it_is_not_read(
    tmp_path: Path,
) -> None:
    (tmp_path / "program.py").write_text(
        "import pulumi_aws as aws\naws.sqs.Queue('q')\nother.thing.Name, sqs.Nothing\n"
    )
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    (tmp_path / "venv" / "other.py").write_text("sns.Topic")
    program = (
        "import sys; from pathlib import Path; from engine import on_demand; on_demand.install()\n"
        f"on_demand.import_named([Path({str(tmp_path)!r})])\n"
        "print([it for it in ('queue', 'queue_policy') if 'pulumi_aws.sqs.' + it in sys.modules])\n"
        "print('pulumi_aws.sns.topic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["['queue']", "False"]


def test_a_name_that_there_is_not_is_told_as_usual() -> None:
    program = (
        "from engine import on_demand; on_demand.install(); import pulumi_aws.sqs as sqs\n"
        "try:\n    sqs.Qeue\nexcept AttributeError as error:\n    print(error)\n"
        "from pulumi_aws.sqs import *\nprint(Queue.__module__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == [
        "module 'pulumi_aws.sqs' has no attribute 'Qeue'",
        "pulumi_aws.sqs.queue",
    ]

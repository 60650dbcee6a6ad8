"""What each command loads: whoever only asks for an address at night does not wait for Pulumi's SDK."""

import subprocess
import sys

import pytest

HEAVY = ("boto3", "checkov", "locust", "psycopg", "pulumi", "pulumi_aws")
"""Packages that take a fifth of a second or more to import."""


@pytest.mark.parametrize(
    ("command", "allowed"),
    [
        ("env", ()),
        ("evidence", ()),
        ("logs", ()),
        ("permissions", ()),
        ("status", ()),
        ("diff", ("boto3", "pulumi")),
    ],
)
def test_a_command_loads_nothing_heavy_that_it_does_not_use(command: str, allowed: tuple[str, ...]) -> None:
    program = (
        f"import sys, estate.main, estate.commands.{command}; "
        f"print(*(it for it in {HEAVY!r} if it in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert set(done.stdout.split()) <= set(allowed)

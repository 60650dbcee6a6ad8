"""Lines of code are shown, secrets in them are not."""

from pathlib import Path

import pytest

from compliance.reports.source_text import SourceText, masked
from compliance.results import SourceLine

SECRETS = [
    'Database("core", master_password="hunter2")',
    'Database("core", {"master_password": "hunter2"})',
    'value = pulumi.Output.secret("hunter2")',
    'config.require_secret("hunter2")',
    'config = {"password":\n    "hunter2"}',
    'API_KEY = "hunter2"',
    'value = "planted-hunter2-5f0c9"',
    'value = f"hunter2-planted-{name}"',
    'value = """first\nhunter2-planted\nlast"""',
    'value = "x"  # it was hunter2-planted',
    'provider(access_key="AKIAhunter2EXAMPLE")',
    'value = "unfinished hunter2-planted',
    'db_password: str = "hunter2"',
    'def connect(name: str, password: str | None = "hunter2") -> None: ...',
    'config["password"] = "hunter2"',
    'config["database"]["password"] = "hunter2"',
    'Database("core", password=("hunter2"))',
    'password = (\n    "hunter2"\n)',
    'password = "plain" "hunter2"',
    'passwords = ["plain", "hunter2"]',
    'if password != "hunter2":\n    pass',
]


@pytest.mark.parametrize("code", SECRETS)
def test_a_planted_secret_does_not_get_through(code: str) -> None:
    assert "hunter2" not in masked(code)
    assert masked(code).rstrip("\n").count("\n") == code.count("\n")


@pytest.mark.parametrize(
    "code",
    [
        'aws.s3.Bucket("letters-bucket", bucket=f"letters-{region}")',
        'region="eu-west-2"',
        'policy={"Version": "2012-10-17"}',
        'ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06"',
        'cidr="10.0.0.0/16"',
        'def make() -> SecretBucket:\n    """A bucket."""\n',
        'Database("core", password=given, name="letters")\nname = "cases"',
        'Secret(name, description="Of a partner")',
        'actions=["kms:Decrypt", "s3:GetObject"]  # what a reader may do',
    ],
)
def test_what_is_no_secret_stays_readable(code: str) -> None:
    assert masked(code) == code


def test_a_word_that_the_report_shows_anyway_stays_readable() -> None:
    code = 'Secret("partner-a1b2c3d4e5")'
    assert masked(code, ["partner-a1b2c3d4e5"]) == code
    assert "a1b2c3" not in masked(code)


def test_the_lines_around_are_shown_and_the_one_that_is_meant_is_marked(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("".join(f"line_{it} = {it}\n" for it in range(1, 10)))
    found = SourceText(tmp_path).around(SourceLine("a.py", 8))
    assert [(it.number, it.is_meant) for it in found] == [(6, False), (7, False), (8, True), (9, False)]


def test_a_form_feed_is_no_new_line(tmp_path: Path) -> None:
    """As Python counts lines."""
    (tmp_path / "a.py").write_text("one = 1\n\x0ctwo = 2\nthree = 3\n")
    found = SourceText(tmp_path).around(SourceLine("a.py", 3))
    assert [it.text for it in found if it.is_meant] == ["three = 3"]


@pytest.mark.parametrize("source", [SourceLine("b.py", 1), SourceLine("a.py", 2), SourceLine("../a.txt", 1)])
def test_what_is_not_there_or_outside_is_empty(tmp_path: Path, source: SourceLine) -> None:
    (tmp_path / "a.txt").write_text("outside")
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.py").write_text("one = 1\n")
    assert SourceText(root).around(source) == []

"""Secrets and weak code of a repository are found, what was looked at is not, and no secret is shown."""

from hashlib import sha256
from pathlib import Path

import pytest

from compliance.analyses import leaked_secrets, static_code
from compliance.analyses.exceptions import InputWrong, ToolFailed
from compliance.analyses.repository import files_of, packages_of
from compliance.results import AnalysisResult
from tests.compliance.analyses.graph import TODAY, TOOLS

KEY = "AKIA" + "QQ7XR5TFJ2LN4WZB"
"""Made up here; in two parts, so that this file is not found."""

REGISTER = """\
leaked_secrets: []
static_code:
  - rule: B602
    subject: package/reviewed.py
    judgement: false-positive
    reason: The command is a constant of this test and is run by nobody.
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    package = tmp_path / "package"
    package.mkdir()
    (tmp_path / "reviewed.yaml").write_text(REGISTER)
    shell = "import subprocess\n\n\ndef run() -> None:\n    subprocess.call('ls *', shell=True)\n"
    (package / "shell.py").write_text(shell)
    (package / "reviewed.py").write_text(shell)
    (package / "leak.py").write_text(f"\naccess = '{KEY}'\n")
    hidden = tmp_path / ".venv" / "lib"
    hidden.mkdir(parents=True)
    (hidden / "installed.py").write_text(shell)
    return tmp_path


def _secrets(project: Path) -> AnalysisResult:
    return leaked_secrets.run(project, today=TODAY, toolbox=TOOLS, register=project / "reviewed.yaml")


def _code(project: Path) -> AnalysisResult:
    return static_code.run(project, today=TODAY, toolbox=TOOLS, register=project / "reviewed.yaml")


def test_a_planted_secret_is_found_and_not_repeated(project: Path) -> None:
    result = _secrets(project)

    assert [(it["rule"], it["place"]) for it in result.findings] == [("AWS Access Key", "package/leak.py:2")]
    assert KEY not in str(result)
    assert not result.holds


def test_a_secret_that_was_looked_at_is_covered_by_its_digest_alone(project: Path) -> None:
    digest = _secrets(project).findings[0]["text"]
    review = (
        "leaked_secrets:\n  - rule: AWS Access Key\n    subject: package/*\n    judgement: false-positive\n"
        f"    texts: ['{digest}']\n    reason: It was made up for this test and opens nothing.\n"
    )
    (project / "reviewed.yaml").write_text(review)
    assert _secrets(project).holds

    (project / "package" / "leak.py").write_text(f"access = '{KEY[:-1]}C'\n")

    assert not _secrets(project).holds


def test_weak_code_is_found_on_its_line_and_what_was_looked_at_is_listed_with_its_reason(
    project: Path,
) -> None:
    result = _code(project)

    shells = [(it["rule"], it["place"]) for it in result.findings if it["rule"] == "B602"]
    assert shells == [("B602", "package/shell.py:5")]
    assert [(it["place"], it["reason"][:11]) for it in result.figures["reviewed"]] == [
        ("package/reviewed.py:5", "The command")
    ]


def test_a_comment_silences_neither(project: Path) -> None:
    weak = "import subprocess\n\n\nsubprocess.call('ls *', shell=True)  # nosec\n"
    (project / "package" / "shell.py").write_text(weak)
    (project / "package" / "leak.py").write_text(f"access = '{KEY}'  # pragma: allowlist secret\n")

    assert "package/shell.py:4" in {it["place"] for it in _code(project).findings if it["rule"] == "B602"}
    assert [it["place"] for it in _secrets(project).findings] == ["package/leak.py:1"]


def test_a_file_that_tells_bandit_what_to_pass_over_is_refused(project: Path) -> None:
    (project / "package" / ".bandit").write_text("[bandit]\nskips: B602\n")

    with pytest.raises(InputWrong, match=r"package/\.bandit would silence bandit"):
        _code(project)


def test_a_password_is_shown_by_its_digest_and_the_name_of_a_type_as_it_is(project: Path) -> None:
    name, word = "pass" + "word", "hunter" + "2planted"
    (project / "package" / "leak.py").write_text(
        f"{name} = '{word}'\n\n\ndef ask(token='aws:sqs/queue:Queue', {name}='{word}'):\n"
        f"    return token\n\n\nask({name}='{word}')\n"
    )
    result = _code(project)
    said = {it["text"] for it in result.findings if it["rule"] in ("B105", "B106", "B107")}

    digest = sha256(word.encode()).hexdigest()[:16]

    assert word not in str(result)
    assert {it.partition(": ")[2] for it in said} == {f"sha256 {digest}", "'aws:sqs/queue:Queue'"}


def test_code_that_cannot_be_read_is_not_taken_for_clean(project: Path) -> None:
    (project / "package" / "broken.py").write_text("def (:\n")

    with pytest.raises(ToolFailed, match=r"broken\.py"):
        _code(project)


def test_environments_and_caches_are_no_files_of_the_project(project: Path) -> None:
    assert (files_of(project), packages_of(project)) == (
        ["package/leak.py", "package/reviewed.py", "package/shell.py", "reviewed.yaml"],
        ["package"],
    )


def test_an_empty_folder_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(InputWrong, match="pyproject"):
        files_of(tmp_path)

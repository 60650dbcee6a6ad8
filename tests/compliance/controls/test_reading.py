"""A crosswalk that contradicts itself is refused, with every mistake named."""

from pathlib import Path

import pytest

from compliance.controls import CrosswalkInvalid, load

BROKEN = {
    "a topic that there is not": (
        "checks.yaml",
        ("CKV_AWS_41: {topics: [secrets]}", "CKV_AWS_41: {topics: [sekrets]}"),
        "check CKV_AWS_41 names the topic 'sekrets', which topics.yaml does not have",
    ),
    "a control that the framework does not have": (
        "topics.yaml",
        ("own: [IA-5, IA-5(6)]", "own: [IA-5, IA-99]"),
        "topic secrets names 'IA-99', which nist-800-53r5 does not have here",
    ),
    "a framework that there is not": (
        "topics.yaml",
        ("iso-27001-2022: {own: [A.5.17, A.8.5]}", "iso-27001-2013: {own: [A.9.4]}"),
        "names the framework 'iso-27001-2013'; there are cis-aws-5.0, iso-27001-2022",
    ),
    "a source that is cited without a rule": (
        "topics.yaml",
        ("    guard: [secretsmanager_rotation_enabled_check]\n", ""),
        "topic secrets cites 'guard' for ncsc-csp, and names no rule of it under same_as",
    ),
    "two severities": (
        "severity.yaml",
        ("low:\n  [\n", "low:\n  [\n    CKV_AWS_17,\n"),
        "check CKV_AWS_17 has two severities",
    ),
    "a check that is mapped and said to say nothing": (
        "checks.yaml",
        ("says_nothing:\n", "says_nothing:\n  CKV_AWS_41: It looks elsewhere.\n"),
        "check CKV_AWS_41 is mapped and said to say nothing: it can be only one",
    ),
    "a check that is given twice": (
        "checks.yaml",
        ("  CKV_AWS_41: {topics: [secrets]}\n", "  CKV_AWS_41: {topics: [secrets]}\n" * 2),
        "CKV_AWS_41 is given twice",
    ),
    "a severity that there is not": (
        "severity.yaml",
        ("critical:\n", "dire:\n"),
        "Input should be 'critical', 'high', 'medium' or 'low' (given: 'dire')",
    ),
    "a word that nothing reads": (
        "checks.yaml",
        ("CKV_AWS_41: {topics: [secrets]}", "CKV_AWS_41: {topics: [secrets], severity: low}"),
        "CKV_AWS_41 > severity: Extra inputs are not permitted (given: 'low')",
    ),
}


@pytest.mark.parametrize(("file", "change", "mistake"), BROKEN.values(), ids=BROKEN)
def test_a_mistake_is_named(folder: Path, file: str, change: tuple[str, str], mistake: str) -> None:
    text = (folder / file).read_text()
    assert change[0] in text
    (folder / file).write_text(text.replace(*change))
    with pytest.raises(CrosswalkInvalid) as error:
        load(folder)
    assert mistake in str(error.value)
    assert str(folder) in str(error.value)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "severity.yaml").unlink()
    with pytest.raises(CrosswalkInvalid, match=r"severity\.yaml"):
        load(folder)


def test_all_mistakes_are_named_at_once(folder: Path) -> None:
    file = folder / "checks.yaml"
    file.write_text(file.read_text().replace("[secrets]}", "[sekrets]}"))
    with pytest.raises(CrosswalkInvalid) as error:
        load(folder)
    assert len(error.value.mistakes) >= 3

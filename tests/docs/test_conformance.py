"""The conformance list names tests that exist, and a source for every rule."""

import re

from estate.places import project_root

ROOT = project_root()
_ROW = re.compile(r"^\| (?!(?:rule|wrong) \|)(.+)\|$", re.MULTILINE)
_ABBREVIATED = ("AAS ", "CW ", "ECS ", "IAM ", "R53 ", "VPC ")


def rows(title: str = "Conformance") -> list[list[str]]:
    section = (ROOT / "docs" / "twin.md").read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    found = [[cell.strip() for cell in row[1].split("|")] for row in _ROW.finditer(section)]
    return [row for row in found if len(row) > 1]


def test_every_rule_has_a_source_and_a_test_that_exists() -> None:
    found = rows()
    assert len(found) > 30
    for row in found:
        rule, source, how, test = row[:4]
        assert rule, row
        assert how, row
        assert source.startswith(("docs.aws.amazon.com/", "aws/", *_ABBREVIATED)), row
        assert (ROOT / "tests" / "twin" / test).is_file(), row


def test_every_wrong_setting_has_a_source_and_a_test_that_exists() -> None:
    found = rows("Wrong settings")
    assert len(found) > 9
    for row in found:
        wrong, shown, source, how, test = row
        assert wrong, row
        assert shown, row
        assert how, row
        assert source.startswith(("docs.aws.amazon.com/", "repost.aws/", *_ABBREVIATED)), row
        assert (ROOT / "tests" / test).is_file(), row

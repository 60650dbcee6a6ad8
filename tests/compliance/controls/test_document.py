"""docs/controls.md is what the crosswalk says."""

from pathlib import Path

from compliance.controls import Crosswalk
from compliance.controls.document import document

PAGE = Path(__file__).parents[3] / "docs" / "controls.md"


def test_the_page_is_up_to_date(crosswalk: Crosswalk) -> None:
    """`python -m compliance.controls.document > docs/controls.md` writes it."""
    assert PAGE.read_text() == document(crosswalk) + "\n"


def test_the_page_tells_every_control_once_as_assessed_or_not(crosswalk: Crosswalk) -> None:
    text = PAGE.read_text()
    for framework in crosswalk.frameworks.values():
        section = text.split(f"\n## {framework.name}\n")[1].split("\n## ")[0]
        for control, title in framework.controls.items():
            told = section.count(f"| {control} | {title} |") + section.count(f"{control} {title}")
            assert told == 1, f"{framework.id} {control}"

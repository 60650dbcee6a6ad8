"""docs/catalogue.md shows what is true."""

import re
from pathlib import Path

import pytest

from catalogue import CatalogueInvalid, TaskCount
from catalogue.section import SECTIONS
from tests.catalogue.conftest import CatalogueCopy

DOCUMENT = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text()
BENEFIT, PARTNER = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)
(PYTHON,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
ERRORS = re.search(r"```\n(benefits.*?)\n```", DOCUMENT, re.DOTALL)

MISTAKES = [
    ("benefits.yaml", "cell: families", "cell: famlies"),
    ("cells.yaml", "database: sensitive", "database: core"),
    ("services.yaml", "size: {cpu: 512, memory_mib: 1024}", "size: {cpu: 512, memory_mib: 512}"),
    ("services.yaml", "    decision: Keeps cases open", "    # decision: Keeps cases open"),
    ("tiers.yaml", "  zones: 3", "  zone: 3"),
]


def test_the_benefit_of_the_document_can_be_added(copy: CatalogueCopy) -> None:
    changed = copy.append("benefits.yaml", BENEFIT).load()

    assert "kinship-care-payment" in changed.estate("prod").benefits


def test_the_partner_of_the_document_can_be_added(copy: CatalogueCopy) -> None:
    changed = copy.append("partners.yaml", PARTNER).load()

    assert changed.partners["northern-charity"].service == "exchange-third-sector"
    assert changed.partners["northern-charity"].calls_per_second == 3


def test_the_errors_of_the_document_are_what_is_said(copy: CatalogueCopy) -> None:
    for mistake in MISTAKES:
        copy.change(*mistake)

    with pytest.raises(CatalogueInvalid) as caught:
        copy.load()
    assert ERRORS is not None
    assert str(caught.value) == ERRORS.group(1)


def test_the_code_of_the_document_gives_what_it_says() -> None:
    names: dict[str, object] = {}
    exec(PYTHON, names)

    assert eval('estate.tasks("portal", "standby")', names) == TaskCount(minimum=1, desired=1, maximum=9)
    assert eval('estate.task_total("primary").desired', names) == 33


def test_every_file_is_described() -> None:
    described = re.findall(r"^\| `(.*?\.yaml)`", DOCUMENT, re.MULTILINE)

    assert sorted(described) == sorted({section.file for section in SECTIONS})

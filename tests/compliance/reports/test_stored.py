"""A result that was stored is read again, and nothing else is."""

from pathlib import Path

import pytest

from compliance.reports import ResultUnreadable, read
from compliance.reports.stored import stored
from compliance.results import ScanResult
from tests.compliance.reports.samples import result


def test_a_stored_result_is_read_again_whole(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    file.write_text(stored(result()))
    again = read(file)
    assert again.to_json() == result().to_json()
    assert again.findings[1].waiver == result().findings[1].waiver
    assert again.holds is False


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "Expecting property name"),
        ("[]", "should be a dictionary or an instance of ScanResult"),
        ('{"subject": "slice"}', "commit: Field required"),
    ],
    ids=["no JSON", "another form", "a part of one"],
)
def test_anything_else_is_refused(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "result.json"
    file.write_text(text)
    with pytest.raises(ResultUnreadable) as error:
        read(file)
    assert why in str(error.value)
    assert str(file) in str(error.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultUnreadable, match="No such file"):
        read(tmp_path / "result.json")


def test_an_unknown_outcome_is_refused() -> None:
    document = {**result().to_json()}
    document["findings"] = [{**document["findings"][0], "outcome": "fine"}]
    with pytest.raises(ValueError, match="'passed', 'failed', 'waived' or 'unknown'"):
        ScanResult.from_json(document)

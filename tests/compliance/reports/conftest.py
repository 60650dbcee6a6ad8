"""The program that the findings of the samples point into."""

from pathlib import Path

import pytest

from tests.compliance.reports.samples import PROGRAM


@pytest.fixture
def program(tmp_path: Path) -> Path:
    root = tmp_path / "program"
    for name, text in PROGRAM.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root

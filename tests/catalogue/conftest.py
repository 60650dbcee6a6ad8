"""A copy of the real catalogue that a test may change."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

import catalogue
from catalogue import Catalogue, CatalogueError, load_catalogue

SOURCE = Path(catalogue.__file__).parent


@dataclass(frozen=True)
class CatalogueCopy:
    """The catalogue's files in a folder of the test's own."""

    directory: Path

    def change(self, file: str, old: str, new: str) -> "CatalogueCopy":
        """Replaces the first `old` in a file, which must be there."""
        path = self.directory / file
        text = path.read_text()
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new, 1))
        return self

    def append(self, file: str, text: str) -> "CatalogueCopy":
        """Adds text at the end of a file."""
        path = self.directory / file
        path.write_text(path.read_text() + text)
        return self

    def load(self) -> Catalogue:
        return load_catalogue(self.directory)

    def problems(self) -> list[str]:
        """What loading it says, a line a problem, without line numbers: those follow from the real files."""
        with pytest.raises(CatalogueError) as caught:
            self.load()
        return [_without_line(str(problem), problem.line) for problem in caught.value.problems]

    def assert_problems_begin(self, beginnings: list[str]) -> None:
        """Loading it says as many things, each of which begins so."""
        found = self.problems()
        assert len(found) == len(beginnings), found
        assert all(it.startswith(beginning) for it, beginning in zip(found, beginnings, strict=True)), found


def _without_line(sentence: str, line: int | None) -> str:
    return sentence if line is None else sentence.replace(f":{line}:", ":", 1)


@pytest.fixture
def copy(tmp_path: Path) -> CatalogueCopy:
    """The real catalogue, to be changed."""
    for path in SOURCE.glob("*.yaml"):
        shutil.copy(path, tmp_path)
    return CatalogueCopy(tmp_path)


@pytest.fixture(scope="session")
def real() -> Catalogue:
    """The catalogue as it is."""
    return load_catalogue(SOURCE)

"""Every report of a scan, written to one folder."""

from collections.abc import Mapping
from pathlib import Path

from compliance.controls import Crosswalk, load
from compliance.reports.cyclonedx import cyclonedx
from compliance.reports.exceptions import ReportUnwritable
from compliance.reports.junit import junit
from compliance.reports.page import page
from compliance.reports.sarif import sarif
from compliance.reports.stored import stored
from compliance.reports.table import table
from compliance.results import ScanResult

__all__ = ["FILES", "take_away", "write_all"]

FILES = {
    "sarif": "findings.sarif",
    "junit": "junit.xml",
    "csv": "findings.csv",
    "cyclonedx": "resources.cdx.json",
    "html": "report.html",
    "json": "result.json",
}
"""In the order in which they are written. The last is what the next scan compares with: where it is, all are."""
_UNFINISHED = ".unfinished"


def take_away(folder: Path) -> None:
    """No report of an earlier scan is in the folder, so that none can be taken for one of a scan that fails to run.

    Raises: ReportUnwritable: one cannot be removed.
    """
    try:
        for name in (*FILES.values(), *(f"{it}{_UNFINISHED}" for it in FILES.values())):
            (folder / name).unlink(missing_ok=True)
    except NotADirectoryError:
        return  # said when the reports are written
    except OSError as error:
        raise ReportUnwritable(folder, error.strerror or str(error)) from None


def write_all(
    result: ScanResult,
    folder: Path,
    previous: ScanResult | None = None,
    root: Path | None = None,
    crosswalk: Crosswalk | None = None,
) -> Mapping[str, Path]:
    """Where each report is, by its kind. The folder is made; files of an earlier scan are written over.

    Args:
        previous: the result that the HTML report is compared with.
        root: of the program; lines around findings are read there. The current folder where not given.
    Raises: ReportUnwritable: the folder takes no file.
    """
    walk = crosswalk or load()
    texts = {
        "json": stored(result),
        "sarif": sarif(result, walk),
        "junit": junit(result),
        "csv": table(result),
        "cyclonedx": cyclonedx(result),
        "html": page(result, walk, root or Path(), previous),
    }
    paths = {kind: folder / name for kind, name in FILES.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind, path in paths.items():
            _write(path, texts[kind])
    except OSError as error:
        raise ReportUnwritable(folder, error.strerror or str(error)) from None
    return paths


def _write(path: Path, text: str) -> None:
    """The whole text is in the file, or the file is as it was: also where this process is killed."""
    beside = path.with_name(f"{path.name}{_UNFINISHED}")
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(path)

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

__all__ = ["FILES", "write_all"]

FILES = {
    "json": "result.json",
    "sarif": "findings.sarif",
    "junit": "junit.xml",
    "csv": "findings.csv",
    "cyclonedx": "resources.cdx.json",
    "html": "report.html",
}


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
            path.write_text(texts[kind], encoding="utf-8", newline="\n")
    except OSError as error:
        raise ReportUnwritable(folder, error.strerror or str(error)) from None
    return paths

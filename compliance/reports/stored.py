"""The result itself, as it is stored and read again to be compared."""

import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from compliance.reports.exceptions import ResultUnreadable
from compliance.results import ScanResult

__all__ = ["read", "stored"]


_FORM = TypeAdapter(ScanResult)


def stored(result: ScanResult) -> str:
    """What `ScanResult.to_json` gives, as one line; pydantic writes a large one faster than json."""
    return _FORM.dump_json(result).decode() + "\n"


def read(file: Path) -> ScanResult:
    """The result that `stored` wrote.

    Raises: ResultUnreadable: where there is no file, or it is something else.
    """
    try:
        return ScanResult.from_json(json.loads(file.read_text()))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ResultUnreadable(file, str(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise ResultUnreadable(file, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None

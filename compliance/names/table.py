"""What Terraform calls Pulumi's resource types and their properties, read from the generated table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from compliance.names import notation
from compliance.names.notation import Name

__all__ = ["NamesTable", "TypeNames", "load"]

_TABLE = Path(__file__).parent / "table.txt"


@dataclass(frozen=True)
class TypeNames:
    """Attributes: terraform, e.g. ``aws_sqs_queue``; is_guessed: by rule, not seen in Terraform's names."""

    terraform: str
    names: Mapping[str, Name]
    is_guessed: bool = False


class NamesTable:
    """Looks names up; a line is read when it is asked for. Args: lines: of `table.txt`."""

    def __init__(self, lines: Iterator[str]) -> None:
        split = (line.rstrip("\n").partition(" ") for line in lines if not line.startswith("#"))
        self._line_by_key = {key: rest for key, _, rest in split}
        self._read: dict[str, Mapping[str, Name]] = {}

    @property
    def types(self) -> list[str]:
        """Every token, in order."""
        return [key for key in self._line_by_key if key.count(":") == 2]

    def of_type(self, token: str) -> TypeNames | None:
        """None for a type that the table does not have."""
        line = self._line_by_key.get(token)
        if line is None:
            return None
        terraform, _, names = line.partition(" ")
        return TypeNames(terraform.lstrip("?"), self._names(token, names), terraform.startswith("?"))

    def of_struct(self, key: str) -> Mapping[str, Name]:
        """The names of what is nested. Raises: KeyError: the table does not have it."""
        return self._names(key, self._line_by_key[key])

    def _names(self, key: str, text: str) -> Mapping[str, Name]:
        if key not in self._read:
            self._read[key] = {it.pulumi: it for it in map(notation.read, text.split())}
        return self._read[key]


@cache
def load() -> NamesTable:
    with _TABLE.open(encoding="utf-8") as lines:
        return NamesTable(lines)

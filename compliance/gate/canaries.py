"""Resources whose verdicts are known: a scan that judges them otherwise cannot be believed about the rest.

A file of canaries holds a few resources in Terraform's names, and says which checks each must fail and pass. They
are scanned beside the program, in one graph, so that each verdict takes the way that the program's verdicts take.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from compliance.exceptions import CanariesInvalid
from compliance.scanner import Document, Pair, Verdict

__all__ = ["CANARIES", "Canaries", "plan_of"]

CANARIES = Path(__file__).resolve().parent.parent / "canaries"
_FIELDS = frozenset({"resources", "fails", "passes"})
_REFERENCE = re.compile(r"^\$\{(?P<address>[a-z0-9_]+\.[A-Za-z0-9_-]+)(?P<attribute>\.[a-z_]+)\}$")
_PROVIDER = "registry.terraform.io/hashicorp/aws"


@dataclass(frozen=True)
class Canaries:
    """Attributes: document: a plan document; fails, passes: (check, address) pairs that must come out so."""

    document: Mapping[str, Any]
    fails: frozenset[Pair]
    passes: frozenset[Pair]

    @classmethod
    def read(cls, folder: Path = CANARIES) -> "Canaries":
        """Every file of the folder, each with names of its own.

        Raises: CanariesInvalid: a file is not written as it must be, or nothing in the folder must fail.
        """
        files = [_File.read(path) for path in sorted(folder.rglob("*.yaml"))]
        fails = frozenset(pair for file in files for pair in file.pairs("fails"))
        if not fails:
            raise CanariesInvalid(
                folder, "there is no canary that must fail, so a scan could not be believed"
            )
        passes = frozenset(pair for file in files for pair in file.pairs("passes"))
        return cls(plan_of([it for file in files for it in file.entries()]), fails, passes)

    @property
    def addresses(self) -> frozenset[str]:
        resources = self.document["planned_values"]["root_module"]["resources"]
        return frozenset(it["address"] for it in resources)

    def write(self, path: Path) -> Path:
        path.write_text(json.dumps(self.document, sort_keys=True), encoding="utf-8")
        return path

    def misjudged(self, found: Document) -> Sequence[str]:
        """What came out otherwise than it must, one sentence each."""
        verdicts = {(it.check, it.address): it.verdict for it in found.records}
        wrong = [(pair, Verdict.FAILED) for pair in self.fails if verdicts.get(pair) != Verdict.FAILED]
        wrong += [(pair, Verdict.PASSED) for pair in self.passes if verdicts.get(pair) != Verdict.PASSED]
        return [
            f"{check} on {address}: wanted {wanted}, got {verdicts.get((check, address), 'nothing')}"
            for (check, address), wanted in sorted(wrong)
        ]


@dataclass(frozen=True)
class _File:
    """One file of canaries. Its resources' names begin with the file's, so that no two files meet."""

    path: Path
    content: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> "_File":
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict) or not content.get("resources") or content.keys() - _FIELDS:
            raise CanariesInvalid(path, f"it must have 'resources', and may have {sorted(_FIELDS)} only")
        file = cls(path, content)
        file.check_addresses()
        return file

    def check_addresses(self) -> None:
        judged = {*(self.content.get("fails") or {}), *(self.content.get("passes") or {})}
        unknown = judged - self.content["resources"].keys()
        if unknown:
            raise CanariesInvalid(
                self.path, f"{sorted(unknown)} must come out in a way and is no resource of it"
            )

    def pairs(self, field: str) -> Iterator[Pair]:
        for address, checks in (self.content.get(field) or {}).items():
            yield from ((check, self._renamed(address)) for check in checks)

    def entries(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for address, values in self.content["resources"].items():
            yield self._renamed(address), self._with_own_names(values or {})

    def _renamed(self, address: str) -> str:
        kind, _, name = address.partition(".")
        return f"{kind}.canary-{self.path.stem}-{name}"

    def _with_own_names(self, value: Any) -> Any:
        match value:
            case dict():
                return {key: self._with_own_names(it) for key, it in value.items()}
            case list():
                return [self._with_own_names(it) for it in value]
            case str() if found := _REFERENCE.match(value):
                return f"${{{self._renamed(found['address'])}{found['attribute']}}}"
            case _:
                return value


def plan_of(entries: Collection[tuple[str, Mapping[str, Any]]]) -> Mapping[str, Any]:
    """The entries as a Terraform plan document."""
    planned = [{**_head(address), "values": _values(values)} for address, values in entries]
    configured = [{**_head(address), "expressions": _expressions(values)} for address, values in entries]
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": planned}},
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "full_name": _PROVIDER}},
            "root_module": {"resources": configured},
        },
    }


def _head(address: str) -> dict[str, str]:
    kind, _, name = address.partition(".")
    return {"address": address, "mode": "managed", "type": kind, "name": name, "provider_name": _PROVIDER}


def _reference(value: Any) -> str:
    found = _REFERENCE.match(value) if isinstance(value, str) else None
    return f"{found['address']}{found['attribute']}" if found else ""


def _values(value: Any) -> Any:
    """What is known before anything is made: everything but references."""
    match value:
        case dict():
            return {key: _values(it) for key, it in value.items() if not _all_references(it)}
        case list():
            return [_values(it) for it in value if not _reference(it)]
        case _:
            return value


def _all_references(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(map(_reference, value))
    return bool(_reference(value))


def _expressions(values: Mapping[str, Any]) -> dict[str, Any]:
    """What refers to what, block by block."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        several = value if isinstance(value, list) else [value]
        references = [text for it in several if (text := _reference(it))]
        if references:
            found[key] = {"references": [part for it in references for part in (it, it.rpartition(".")[0])]}
        elif several and all(isinstance(it, dict) for it in several) and isinstance(value, list):
            found[key] = [_expressions(it) for it in several]
    return found

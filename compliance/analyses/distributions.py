"""What is installed, as its own metadata describes it: declared licence, binaries, and bills of materials inside."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from compliance.analyses.lock_file import canonical

__all__ = ["Bundled", "Installed", "holds_text", "installed"]

ELF = b"\x7fELF"
"""Source: System V ABI, "ELF Header", e_ident."""

_SMALLEST_BYTES = 1_000
_SUFFIXES = re.compile(
    r"\.(py|pyi|pyc|pxd|pyx|txt|md|rst|json|ya?ml|h|html|css|js|csv|toml|typed|pem|gz|zip|map)$"
)
_CHUNK = 1 << 24


@dataclass(frozen=True)
class Bundled:
    """Something of others inside a wheel. Attributes: licence: an SPDX expression, '' where it is not said."""

    name: str
    version: str
    licence: str


@dataclass(frozen=True)
class Installed:
    """Attributes:
    declared: licence expression, or the licence as its metadata puts it.
    binaries: files of machine code, relative to `folder`.
    listed: what bills of materials in its metadata say is inside it (PEP 770).
    """

    name: str
    version: str
    declared: str
    folder: Path
    binaries: Sequence[str]
    listed: Sequence[Bundled]


def installed(site_packages: Path | None = None) -> Mapping[str, Installed]:
    """By canonical name. Args: site_packages: default: of this process's own environment."""
    path = [str(site_packages)] if site_packages else [it for it in sys.path if it.endswith("site-packages")]
    return {canonical(it.metadata["Name"]): _described(it) for it in metadata.distributions(path=path)}


def holds_text(path: Path, text: str) -> bool:
    """Whether these bytes stand in the file."""
    wanted, rest = text.encode(), b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if wanted in rest + chunk:
                return True
            rest = chunk[-len(wanted) :]
    return False


def _described(distribution: metadata.Distribution) -> Installed:
    folder = Path(str(distribution.locate_file("")))
    files = [str(it) for it in distribution.files or ()]
    return Installed(
        name=distribution.metadata["Name"],
        version=distribution.version,
        declared=_declared(distribution.metadata),
        folder=folder,
        binaries=[it for it in files if _is_binary(folder / it)],
        listed=[bundled for it in files if "/sboms/" in it for bundled in _listed(folder / it)],
    )


def _declared(about: metadata.PackageMetadata) -> str:
    """Source: Python Packaging User Guide, "Core metadata specifications": License-Expression goes before License."""
    if "License-Expression" in about:
        return about["License-Expression"]
    classified = [
        it.rpartition("::")[2].strip()
        for it in about.get_all("Classifier") or ()
        if it.startswith("License ::") and not it.endswith(("OSI Approved", "Freely Distributable"))
    ]
    said = about["License"].strip().splitlines() if "License" in about else []
    return said[0] if said and said[0] != "UNKNOWN" else " / ".join(classified)


def _is_binary(path: Path) -> bool:
    if _SUFFIXES.search(path.name) or not path.is_file() or path.stat().st_size < _SMALLEST_BYTES:
        return False
    with path.open("rb") as file:
        return file.read(len(ELF)) == ELF


def _listed(path: Path) -> Iterator[Bundled]:
    """Of a CycloneDX document, which is what wheels carry so far."""
    document = json.loads(path.read_text())
    subject = document.get("metadata", {}).get("component", {}).get("name")
    for component in document.get("components", ()):
        if component["name"] != subject:
            yield Bundled(component["name"], component.get("version", ""), _expression(component))


def _expression(component: Mapping[str, Any]) -> str:
    said = [
        it.get("expression") or it.get("license", {}).get("id", "") for it in component.get("licenses", ())
    ]
    return " AND ".join(f"({it})" if " " in it and len(said) > 1 else it for it in said if it)

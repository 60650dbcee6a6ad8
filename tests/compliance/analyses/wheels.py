"""Packages as an installer leaves them, with or without machine code of others inside."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["install", "lock"]

ELF = b"\x7fELF" + bytes(2_000)


def install(
    folder: Path,
    name: str,
    licence: str = "",
    *,
    binaries: Mapping[str, bytes] | None = None,
    inside: Sequence[Mapping[str, Any]] = (),
    version: str = "1.0",
    **fields: str,
) -> None:
    """The package is in the folder. Args: inside: components of its own bill of materials."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    expression = {"License-Expression": licence} if licence else {}
    metadata = {"Metadata-Version": "2.4", "Name": name, "Version": version, **expression}
    metadata |= {key.replace("_", "-"): value for key, value in fields.items()}
    (info / "METADATA").write_text("".join(f"{key}: {value}\n" for key, value in metadata.items()))
    files = [f"{info.name}/METADATA"]
    for path, code in (binaries or {}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(ELF + code)
        files.append(path)
    if inside:
        (info / "sboms").mkdir()
        (info / "sboms" / "a.cdx.json").write_text(json.dumps({"components": list(inside)}))
        files.append(f"{info.name}/sboms/a.cdx.json")
    (info / "RECORD").write_text("".join(f"{it},,\n" for it in files))


def lock(path: Path, *names: str, version: str = "1.0") -> None:
    """A lock file that pins these packages."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{it}=={version} --hash=sha256:{'a' * 64}\n" for it in names))

"""A function's deployment package: Pulumi's archive, as it travels, becomes a zip file."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from twin.aws.services.lambda_.exceptions import PackageError

__all__ = ["zip_bytes"]

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
_ASSET = "c44067f5952c0a294b673a41bacd8c17"
"""How Pulumi marks archives and assets among property values. Source: pulumi/runtime/rpc.py of the SDK."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip entry can carry. A fixed one keeps the same sources at the same hash."""

_MODE = 0o644 << 16


def zip_bytes(archive: Mapping[str, Any]) -> bytes:
    """The archive as a zip file: the same sources give the same bytes, on every machine and at every time.

    Args:
        archive: Pulumi's wire form, with one of ``assets`` (a map of names), ``path`` or ``uri``.

    Raises:
        PackageError: it is no archive, or what it names cannot be read.
    """
    if archive.get(_SIGNATURE) != _ARCHIVE:
        raise PackageError(
            "A function's code must be an archive, such as pulumi.AssetArchive or FileArchive."
        )
    path = _local_path(archive)
    if path is not None and path.suffix == ".zip":
        return _read(path)
    return _zip(_archive_files(archive))


def _zip(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _MODE
            package.writestr(entry, files[name])
    return buffer.getvalue()


def _archive_files(archive: Mapping[str, Any]) -> dict[str, bytes]:
    path = _local_path(archive)
    if path is None:
        return _member_files(archive.get("assets") or {})
    if path.is_dir():
        return {p.relative_to(path).as_posix(): _read(p) for p in path.rglob("*") if p.is_file()}
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(_read(path))) as package:
            return {entry.filename: package.read(entry) for entry in package.infolist() if not entry.is_dir()}
    return _tar_files(path)


def _member_files(members: Mapping[str, Mapping[str, Any]]) -> dict[str, bytes]:
    """Files by their names in the package; an archive inside an archive becomes a folder."""
    files: dict[str, bytes] = {}
    for name, member in members.items():
        if member.get(_SIGNATURE) == _ARCHIVE:
            files |= {f"{name}/{inner}": content for inner, content in _archive_files(member).items()}
        else:
            files[name] = _asset_bytes(name, member)
    return files


def _asset_bytes(name: str, asset: Mapping[str, Any]) -> bytes:
    if asset.get(_SIGNATURE) != _ASSET:
        raise PackageError(
            f"Entry {name!r} of an archive must be an asset or an archive, got {type(asset).__name__}."
        )
    path = _local_path(asset)
    return str(asset.get("text", "")).encode() if path is None else _read(path)


def _tar_files(path: Path) -> dict[str, bytes]:
    try:
        with tarfile.open(fileobj=io.BytesIO(_read(path))) as package:
            members = [(m.name, package.extractfile(m)) for m in package.getmembers() if m.isfile()]
            return {name: content.read() for name, content in members if content is not None}
    except tarfile.TarError as error:
        raise PackageError(
            f"Archive {str(path)!r} must be a folder, a zip or a tar file: {error}."
        ) from error


def _local_path(value: Mapping[str, Any]) -> Path | None:
    """Where an archive or an asset lies on this machine, or None if it carries its content."""
    if value.get("path"):
        return Path(value["path"])
    if not value.get("uri"):
        return None
    uri = urlsplit(value["uri"])
    if uri.scheme != "file":
        raise PackageError(
            f"An archive must lie on this machine, got {value['uri']!r}. Download it and name its path."
        )
    return Path(unquote(uri.path))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PackageError(f"Cannot read {str(path)!r} for a function's code: {error.strerror}.") from error

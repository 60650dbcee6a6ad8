"""A lock file: packages at one version each, with the hashes of what may be installed for them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from compliance.analyses.exceptions import InputWrong

__all__ = ["LockedPackage", "canonical", "locked"]

_PINNED = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>[^\s;\\]+)\s*(;\s*(?P<marker>[^\\]+))?"
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class LockedPackage:
    """Attributes: hashes: SHA-256 of its archives; marker: where it is installed, '' for everywhere."""

    name: str
    version: str
    marker: str = ""
    hashes: tuple[str, ...] = ()

    @property
    def purl(self) -> str:
        """Its package URL. Source: package-url/purl-spec, types/pypi."""
        return f"pkg:pypi/{canonical(self.name)}@{self.version}"


def canonical(name: str) -> str:
    """One spelling of a package's name. Source: packaging.python.org, "Names and normalization"."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(path: Path) -> Sequence[LockedPackage]:
    """What the file pins, in its order.

    Raises: InputWrong: it cannot be read, pins nothing, or names a package without version and hash.
    """
    try:
        text = path.read_text()
    except OSError as error:
        raise InputWrong(f"The lock file {path} cannot be read: {error.strerror}.") from None
    found = [_package(path, entry) for entry in _entries(text)]
    if not found:
        raise InputWrong(f"{path} pins no package. 'make lock' writes it anew.")
    return found


def _entries(text: str) -> Iterator[str]:
    """Each with its continued lines."""
    joined = text.replace("\\\n", " ")
    return (
        line.strip() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")
    )


def _package(path: Path, entry: str) -> LockedPackage:
    head, _, _ = entry.partition("--hash")
    pinned, hashes = _PINNED.match(head), tuple(sorted(_HASH.findall(entry)))
    if pinned is None or not hashes:
        raise InputWrong(
            f"{path} must pin every package to a version with hashes, got {entry[:60]!r}. 'make lock' writes it anew."
        )
    return LockedPackage(pinned["name"], pinned["version"], (pinned["marker"] or "").strip(), hashes)

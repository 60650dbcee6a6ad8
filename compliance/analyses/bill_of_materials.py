"""Software bills of materials, of the workload's image and of the toolkit, from the lock files: CycloneDX 1.6."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from compliance.analyses.distributions import Bundled, installed
from compliance.analyses.exceptions import InputWrong
from compliance.analyses.licence_register import REGISTER as LICENCES
from compliance.analyses.licence_register import load_licences
from compliance.analyses.licences import LOCK, WORKLOAD_LOCK, LicensedPackage, packages_of
from compliance.analyses.lock_file import LockedPackage, canonical, locked
from compliance.analyses.tools import Toolbox
from compliance.results import AnalysisResult

__all__ = ["NAME", "run"]

NAME = "bill of materials"
TIMEOUT_SECONDS = 120
DOCKERFILE = "workload/Dockerfile"
_FROM = re.compile(r"^FROM\s+(?P<image>[^\s:@]+):(?P<tag>[^\s@]+)(@(?P<digest>\S+))?", re.MULTILINE)
_ADDED = re.compile(r"^ADD\s.*\s(?P<url>https://\S+)\s+(?P<path>\S+)$", re.MULTILINE)

Component = Mapping[str, Any]


def run(
    root: Path,
    *,
    made_at: datetime,
    folder: Path,
    version: str,
    toolbox: Toolbox | None = None,
    site_packages: Path | None = None,
    licences: Path = LICENCES,
) -> AnalysisResult:
    """Two documents that are valid by CycloneDX's schema are in the folder; it holds where both could be made.

    Args: version: of the project, such as a commit.
    Raises: ToolsMissing; ToolFailed: a document is not valid; InputWrong; RegisterWrong.
    """
    tools = toolbox or Toolbox.of(root)
    licensed = _licensed(root, site_packages, licences)
    image = _image(root / DOCKERFILE)
    bills = {
        "workload": [*image, *_components(locked(root / WORKLOAD_LOCK), licensed)],
        "toolkit": list(_components(locked(root / LOCK), licensed)),
    }
    questions = [_question(name, version, components, made_at) for name, components in bills.items()]
    texts = json.loads(
        tools.work("bill_of_materials", json.dumps(questions), timeout_seconds=TIMEOUT_SECONDS)
    )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in zip(bills, texts, strict=True):
        (folder / f"sbom-{name}.cdx.json").write_text(text)
    return AnalysisResult(
        name=NAME,
        tool=tools.version("cyclonedx-python-lib"),
        ran=True,
        holds=True,
        figures={
            "format": "CycloneDX 1.6",
            **{f"{name}_components": len(components) for name, components in bills.items()},
            "inside_wheels": sum(len(it.get("inside", ())) for it in bills["toolkit"]),
        },
        could_not="What the base image holds beside Python is not listed: its digest is given when the image is built, "
        "and that build attests its own bill of materials (--sbom=true).",
    )


def _licensed(root: Path, site_packages: Path | None, licences: Path) -> Mapping[str, LicensedPackage]:
    there, kept = installed(site_packages), load_licences(licences)
    return {it.name: it for it in packages_of(locked(root / LOCK), there, set(), kept)}


def _components(
    packages: Sequence[LockedPackage], licensed: Mapping[str, LicensedPackage]
) -> Iterator[Component]:
    for package in packages:
        known = licensed.get(canonical(package.name))
        same = known is not None and known.version == package.version
        yield {
            "name": canonical(package.name),
            "version": package.version,
            "purl": package.purl,
            "hashes": package.hashes,
            "licence": known.licence if known and same else "",
            "inside": [_inside(it) for it in known.contains] if known and same else [],
            "properties": {"estate:installed-where": package.marker} if package.marker else {},
        }


def _inside(bundled: Bundled) -> Component:
    return {"name": bundled.name, "version": bundled.version, "licence": bundled.licence}


def _image(dockerfile: Path) -> Iterator[Component]:
    """The image that the workload's is built on, and what its build fetches.

    Raises: InputWrong: the file names no base image.
    """
    try:
        text = dockerfile.read_text().replace("\\\n", " ")
    except OSError as error:
        raise InputWrong(f"{dockerfile} cannot be read: {error.strerror}.") from None
    base = _FROM.search(text)
    if base is None:
        raise InputWrong(
            f"{dockerfile} names no base image with a tag. A line 'FROM image:tag@digest' has to."
        )
    yield {
        "name": base["image"],
        "version": base["tag"],
        "type": "container",
        "properties": {"estate:digest": base["digest"] or "not pinned"},
    }
    for it in _ADDED.finditer(text):
        yield {
            "name": Path(it["path"]).name,
            "type": "file",
            "properties": {"estate:fetched-from": it["url"]},
        }


def _question(
    name: str, version: str, components: Sequence[Component], made_at: datetime
) -> Mapping[str, Any]:
    """The serial number is the same for the same content."""
    content = json.dumps(components, sort_keys=True)
    return {
        "subject": {
            "name": f"estate-{name}",
            "version": version,
            "type": "application",
            "licence": "Apache-2.0",
        },
        "serial": str(uuid5(NAMESPACE_URL, f"{name} {version} {sha256(content.encode()).hexdigest()}")),
        "made_at": made_at.isoformat(),
        "tool": {"name": "estate scan", "version": version},
        "components": components,
    }

"""Runs in the environment of the tools: which advisories of a local copy of OSV's affect which packages. Imports
packaging and the standard library alone.

In: ``{"database": path of a folder of JSON files or of a zip file, "packages": [{"name", "version"}]}``.
Out: ``{"advisories": count, "modified": newest date, "affected": [{name, version, id, aliases, summary, fixed,
severity}]}``.

Source: OSV schema 1.7, "Evaluation", https://ossf.github.io/osv-schema/#evaluation; versions are ordered by PEP 440.
"""

# The environment of the tools is another than the type checker's.
# pyright: reportMissingImports=false

import json
import sys
import zipfile
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

__all__ = ["main"]

_ECOSYSTEM = "PyPI"
_BEFORE_ALL = "0"


def _records(database):
    if database.is_dir():
        for path in sorted(database.rglob("*.json")):
            yield path.name, path.read_text()
        for path in sorted(database.rglob("*.zip")):
            yield from _zipped(path)
        return
    yield from _zipped(database)


def _zipped(path):
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".json"):
                yield name, archive.read(name).decode()


def _affects(affected, version):
    listed = {_version(it) for it in affected.get("versions", ())}
    if version in listed:
        return True
    ranges = [it for it in affected.get("ranges", ()) if it.get("type") == "ECOSYSTEM"]
    return any(_within(it.get("events", ()), version) for it in ranges)


def _within(events, version):
    """Of the events up to the version, the last one decides."""
    within = False
    for event in sorted(events, key=_when):
        (kind, at), *_ = event.items()
        if kind == "introduced" and (at == _BEFORE_ALL or version >= _version(at)):
            within = True
        elif _ends(kind, version, at):
            within = False
    return within


def _ends(kind, version, at):
    if kind == "last_affected":
        return version > _version(at)
    return kind in ("fixed", "limit") and version >= _version(at)


def _when(event):
    (kind, at), *_ = event.items()
    return (Version("0.dev0") if at == _BEFORE_ALL else _version(at), kind != "introduced")


def _version(text):
    """A version that PEP 440 does not know comes before all others, as it does for pip."""
    try:
        return Version(text)
    except InvalidVersion:
        return Version("0.dev0")


def _fixed(affected):
    return sorted(
        {
            event["fixed"]
            for it in affected.get("ranges", ())
            if it.get("type") == "ECOSYSTEM"
            for event in it.get("events", ())
            if "fixed" in event
        }
    )


def _found(record, affected, name, version):
    return {
        "name": name,
        "version": version,
        "id": record["id"],
        "aliases": record.get("aliases", []),
        "summary": record.get("summary") or record.get("details", "")[:200],
        "fixed": _fixed(affected),
        "severity": record.get("database_specific", {}).get("severity", ""),
    }


def main():
    """The answer is on standard output."""
    given = json.load(sys.stdin)
    versions = {}
    for it in given["packages"]:
        versions.setdefault(canonicalize_name(it["name"]), []).append(it["version"])
    count, modified, affected = 0, "", []
    for name, text in _records(Path(given["database"])):
        record = json.loads(text)
        if "id" not in record:
            sys.exit(f"{name} is no record of OSV's")
        modified = max(modified, record.get("modified", ""))
        mine = [
            it for it in record.get("affected", ()) if it.get("package", {}).get("ecosystem") == _ECOSYSTEM
        ]
        count += bool(mine)
        if record.get("withdrawn"):
            continue
        for it in mine:
            package = canonicalize_name(it["package"]["name"])
            affected += [
                _found(record, it, package, version)
                for version in versions.get(package, ())
                if _affects(it, Version(version))
            ]
    json.dump({"advisories": count, "modified": modified, "affected": affected}, sys.stdout)


if __name__ == "__main__":
    main()

"""For development: compares what the crosswalk cites with the published mappings themselves.

    python -m compliance.controls.provenance guard=PATH prowler=PATH

Each PATH is a clone of the source's repository (sources.yaml has its address); the commit that is cited is read.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from compliance.controls.crosswalk import OWN, Crosswalk
from compliance.controls.reading import load

__all__ = ["controls_by_rule", "main", "unsupported"]

Published = Mapping[str, Mapping[str, set[str]]]
"""By framework and rule, the controls."""

_NIST = re.compile(r"([A-Z]{2}-\d+)(\(\d+\))?")


def unsupported(crosswalk: Crosswalk, source: str, published: Published) -> Sequence[str]:
    """Citations that the published mapping does not bear out, as sentences."""
    return sorted(set(_unsupported(crosswalk, source, published)))


def _unsupported(crosswalk: Crosswalk, source: str, published: Published) -> Iterator[str]:
    for check in crosswalk.checks:
        for basis in crosswalk.basis_of(check):
            if basis.source != source:
                continue
            framework, control = basis.control.framework, basis.control.control
            rules = published.get(framework, {})
            said = {it for rule in basis.rules for it in rules.get(rule, ())}
            if not any(_covers(it, control) for it in said):
                yield f"{basis.topic or check}: {source} maps none of {', '.join(basis.rules)} to {framework} {control}"


def _covers(said: str, control: str) -> bool:
    """The published mappings name whole articles where the project names a paragraph."""
    return control == said or (said.isdigit() and control.startswith(f"{said}("))


def _guard(document: Any) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for entry in document["mappings"]:
        for control in entry["controls"]:
            found[Path(entry["guardFilePath"]).stem].add(_plain(control))
    return found


def _prowler(document: Any) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for requirement in document["Requirements"]:
        for check in requirement["Checks"]:
            found[check].add(_prowlers(requirement["Id"]))
    return found


def _plain(control: str) -> str:
    """`AC-3(3)(b)(1)` is a part of AC-3(3); `2. Asset protection` is principle 2; `B3.c Stored data` is B3.c."""
    nist = _NIST.match(control)
    return nist[1] + (nist[2] or "") if nist else control.split()[0].rstrip(".:")


def _prowlers(identifier: str) -> str:
    """`ac_2_4` is AC-2(4), `sc_7_a` a part of SC-7, `article_30` article 30; others are as they are."""
    match identifier.split("_"):
        case ["article", number]:
            return number
        case [family, number, *rest] if len(family) == 2:
            enhancement = f"({rest[0]})" if rest and rest[0].isdigit() else ""
            return f"{family.upper()}-{number}{enhancement}"
    return identifier


_READERS: Mapping[str, Callable[[Any], Mapping[str, set[str]]]] = {"guard": _guard, "prowler": _prowler}


def controls_by_rule(source: str, document: Any) -> Mapping[str, set[str]]:
    """What a file of the source says, with controls named as they are here."""
    return _READERS[source](document)


def main(arguments: Sequence[str]) -> int:
    crosswalk = load()
    clones = dict(it.split("=", 1) for it in arguments)
    if missing := set(crosswalk.sources) - set(clones):
        print(f"Give the clone of each source, as in {' '.join(f'{it}=PATH' for it in sorted(missing))}.")
        return 2
    wrong = [it for name, clone in sorted(clones.items()) for it in _compare(crosswalk, name, clone)]
    print("\n".join(wrong) or f"Every citation of {', '.join(sorted(clones))} is borne out.")
    return 1 if wrong else 0


def _compare(crosswalk: Crosswalk, name: str, clone: str) -> Sequence[str]:
    if name == OWN or name not in crosswalk.sources:
        return [f"{name} is no source; there are {', '.join(crosswalk.sources)}"]
    source = crosswalk.sources[name]
    published = {
        framework: controls_by_rule(name, _show(clone, source.commit, file))
        for framework, file in source.files.items()
    }
    return unsupported(crosswalk, name, published)


def _show(clone: str, commit: str, file: str) -> Any:
    command = ["git", "-C", clone, "show", f"{commit}:{file}"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Which checks must have run on which types: what a scan that lost a check is found out by.

`python -m compliance.gate.manifest` writes manifest.json anew, which is for a new version of Checkov and for a new
policy; a review then shows what came and what went.
"""

import json
import tempfile
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compliance.agency import Agency
from compliance.exceptions import ManifestInvalid
from compliance.gate.canaries import plan_of
from compliance.scanner import Pair, Scanner

__all__ = ["MANIFEST", "Manifest", "generate", "one_of_each"]

MANIFEST = Path(__file__).resolve().parent.parent / "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """Attributes:
    scanner: of which version it is the manifest.
    graph_checks: checks on connections, which look at all types at once.
    """

    scanner: str
    checks_by_type: Mapping[str, Sequence[str]]
    graph_checks: frozenset[str]

    @classmethod
    def read(cls, path: Path = MANIFEST) -> "Manifest":
        """Raises: ManifestInvalid: there is none, or not one that `generate` wrote."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return cls(content["scanner"], content["checks_by_type"], frozenset(content["graph_checks"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ManifestInvalid(path, error) from None

    def pairs(self, types: Collection[str]) -> frozenset[Pair]:
        """What must have run where resources of these types were scanned."""
        return frozenset((check, kind) for kind in types for check in self.checks_by_type.get(kind, ()))

    def write(self, path: Path) -> None:
        content = {
            "scanner": self.scanner,
            "graph_checks": sorted(self.graph_checks),
            "checks_by_type": {kind: sorted(checks) for kind, checks in sorted(self.checks_by_type.items())},
        }
        path.write_text(_compact(content), encoding="utf-8")


def generate(scanner: Scanner) -> Manifest:
    """What Checkov and the policies register, and which graph checks judge a resource that says nothing of itself."""
    known = scanner.known()
    pairs = {(check, kind) for check, kind in known["pairs"]}
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.json"
        plan.write_text(json.dumps(one_of_each({kind for _, kind in pairs if "_" in kind})))
        pairs |= scanner.scan(plan).plan.pairs
    checks: dict[str, list[str]] = defaultdict(list)
    for check, kind in sorted(pairs):
        checks[kind].append(check)
    return Manifest(known["scanner"], checks, frozenset(known["graph_checks"]))


def one_of_each(kinds: Collection[str]) -> Mapping[str, Any]:
    """A plan document of resources that say nothing of themselves."""
    return plan_of([(f"{kind}.bare", {}) for kind in sorted(kinds)])


def _compact(content: Mapping[str, Any]) -> str:
    """JSON with a line for each type, so that a difference reads well."""
    lines = [
        f'"scanner": {json.dumps(content["scanner"])}',
        f'"graph_checks": {json.dumps(content["graph_checks"])}',
        '"checks_by_type": {\n'
        + ",\n".join(
            f"{json.dumps(kind)}: {json.dumps(it)}" for kind, it in content["checks_by_type"].items()
        )
        + "\n}",
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    """manifest.json is as Checkov and the policies are now."""
    with Scanner(Agency((), {}).to_json()) as scanner:
        generate(scanner).write(MANIFEST)


if __name__ == "__main__":
    main()

"""`python -m tests.scan_bench`: how long a scan takes as a whole process, beside plain Checkov, and how it grows.

The same estate is written twice: as the program that the tests of mutations use, and as Terraform's code
(tests/compliance/differential/main.tf). `estate scan --program` evaluates the one and judges it by all of Checkov's
checks and the agency's own, `checkov -d` parses the other and judges it by its checks alone; both in turns within one
run. Figures are of this machine and of this run; compare ratios, not seconds.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from catalogue import CATALOGUE_VARIABLE
from tests.bench import ESTATE, ROOT, fit, grown_catalogue
from tests.compliance.differential.plain import checkov
from tests.compliance.mutations.estates import PROGRAM, WHOLE_AREAS

RATIO_AIM = 1.5
SECONDS_AIM = 20.0
"""For an estate of 500 resources. Source, as of the ratio: the project's own aims for two cores."""
TURNS = 5
FACTORS = (1, 8, 16, 32)
DEADLINE_SECONDS = 600


def scanned(*arguments: str, variables: Mapping[str, str]) -> tuple[float, dict[str, Any]]:
    """Seconds of the process, and its document. Findings are no failure here; a scan that proves nothing is."""
    started = time.perf_counter()
    done = subprocess.run(
        [ESTATE, "scan", *arguments, "--json"],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    seconds = time.perf_counter() - started
    if done.returncode not in (0, 1):
        raise SystemExit(f"estate scan {' '.join(arguments)} failed: {done.stderr.strip()}")
    return seconds, json.loads(done.stdout)


def plainly_scanned() -> tuple[float, int]:
    """Seconds of plain Checkov over Terraform's code, and the resources that it saw."""
    started = time.perf_counter()
    document = checkov()
    return time.perf_counter() - started, document["summary"]["resource_count"]


def beside_checkov(folder: Path) -> None:
    copied = folder / "program"
    shutil.copytree(PROGRAM, copied, ignore=shutil.ignore_patterns("__pycache__"))
    (copied / "Pulumi.whole.yaml").write_text(
        f"config:\n  aws:region: eu-west-2\n  mutations:areas: {','.join(WHOLE_AREAS)}\n"
    )
    found = [
        (scanned("--program", str(copied), variables={"PYTHONPATH": str(ROOT)}), plainly_scanned())
        for _ in range(TURNS)
    ]
    ours, theirs = ([pair[side][0] for pair in found] for side in (0, 1))
    (_, document), (_, resources) = found[-1]
    ratio = statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))
    print(
        f"the same estate, {TURNS} turns: estate scan {statistics.median(ours):.1f} s "
        f"({document['resources']} resources), checkov -d {statistics.median(theirs):.1f} s "
        f"({resources} resources), ratio {ratio:.2f}   aim at most {RATIO_AIM}"
    )


def growth(folder: Path, factors: Sequence[int]) -> None:
    points: list[tuple[float, float]] = []
    for factor in factors:
        catalogue = {CATALOGUE_VARIABLE: str(grown_catalogue(factor, folder))}
        points.append(_point(f"slice, benefits times {factor}", *scanned("slice", variables=catalogue)))
    points.append(_point("prod", *scanned("prod", variables={})))
    a, b, k = fit(points)
    print(f"a scan takes t = {a:.2f} + {b:.2e} * n^{k:.2f}; at 500 resources {a + b * 500**k:.1f} s", end="")
    print(f"   aim {SECONDS_AIM:.0f} s")


def _point(name: str, seconds: float, document: Mapping[str, Any]) -> tuple[float, float]:
    print(f"{name:<28} {document['resources']:>5} resources {seconds:6.1f} s")
    return document["resources"], seconds


def main(arguments: Sequence[str]) -> None:
    factors = [int(it) for it in arguments] or FACTORS
    with tempfile.TemporaryDirectory(prefix="estate-bench-") as folder:
        beside_checkov(Path(folder))
        growth(Path(folder), factors)


if __name__ == "__main__":
    main(sys.argv[1:])

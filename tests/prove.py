"""`make prove`: the long runs behind docs/resilience.md, one after another on an environment that is up.

    python -m tests.prove [PART ...] [--environment local] [--list] [--again]

It prints its plan first. Each run is the documented command; its verdict, its figures and where its evidence is are in
docs/resilience.json as soon as it ends, so that a run that is killed goes on where it was. What has a verdict at this
commit, whether it holds or not, is not run again; where files differ from the commit, everything is. Nothing else may
run on the machine meanwhile. What is known to be too busy makes a run void (the generator, a twin's emulator, its
Envoys); other load may make the estate look slower than it is, and nothing tells that.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from chaos.experiment import experiments
from estate.main import COULD_NOT_RUN

__all__ = ["DEFAULT_PARTS", "MOST_MINUTES", "PROOFS", "Outcome", "Proof", "page", "plan", "prove"]

ROOT = Path(__file__).parents[1]
RESULTS, PAGE = ROOT / "docs" / "resilience.json", ROOT / "docs" / "resilience.md"

MOST_MINUTES = 75
"""That the parts which are run unless others are named may take, by their estimates."""

DEFAULT_PARTS = ("launches", "experiments", "drills")
SLOWEST = 4.0
"""Times its estimate after which a run is ended: something hangs."""

WITH_CHANGES = " with changes"
"""After a commit, where files differ from it."""

RATES = ("--rate-scale", "0.3")
"""Of launches: at most 150 operations a second, which two cores carry (docs/launching.md)."""

EXPERIMENTS = tuple(it.name for it in experiments())


@dataclass(frozen=True)
class Proof:
    """One command. Attributes: minutes: that it takes, an estimate. arguments: of `estate`, without the environment."""

    part: str
    minutes: float
    arguments: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"estate {' '.join(self.arguments)}"

    def command(self, environment: str) -> tuple[str, ...]:
        """The environment comes after what is run."""
        head = next((at for at, it in enumerate(self.arguments) if it.startswith("--")), len(self.arguments))
        return (*self.arguments[:head], environment, *self.arguments[head:], "--json")


PROOFS = (
    Proof("launches", 6, ("load", "ten-fold-step", *RATES)),
    Proof("launches", 14, ("load", "emergency-benefit-day", *RATES)),
    Proof("long-launches", 14, ("load", "scottish-child-payment-2022", *RATES)),
    *(Proof("experiments", 3, ("chaos", "run", it, "--rate", "150")) for it in EXPERIMENTS),
    Proof("drills", 4, ("drill", "database-writer-failover", "--per-second", "150")),
    Proof("drills", 6, ("drill", "point-in-time-restore", "--per-second", "150")),
    Proof("drills", 9, ("drill", "az-evacuation", "--per-second", "150")),
    Proof("drills", 12, ("drill", "region-failover", "--per-second", "50")),
    *(
        Proof("faults", 70, ("chaos", "run", it, "--faults", "30"))
        for it in EXPERIMENTS
        if it.startswith("az-")
    ),
    *(Proof("control-cases", 28, ("chaos", "verify", it, "--seeds", "10")) for it in EXPERIMENTS),
)


@dataclass(frozen=True)
class Outcome:
    """What came of a run. Attributes: began_at: as a date, UTC. figures: those of its document that the page shows."""

    words: str
    environment: str
    commit: str
    began_at: str
    minutes: float
    verdict: str
    figures: Mapping[str, Any] = field(default_factory=dict[str, Any])
    reasons: tuple[str, ...] = ()
    evidence: str = ""


SHOWN = (
    "operations_failed",
    "attempts_failed",
    "lost",
    "doubled",
    "unfinished",
    "p99_ms",
    "recovery_seconds",
    "rto_seconds",
    "rpo_seconds",
    "faults",
)
"""Of the documents that the commands print, if they have them."""


def plan(parts: Sequence[str]) -> list[Proof]:
    """Raises: ValueError: there is no such part."""
    known = list(dict.fromkeys(it.part for it in PROOFS))
    unknown = [it for it in parts if it not in known]
    if unknown:
        raise ValueError(f"There is no part {unknown[0]!r}. There are {', '.join(known)}.")
    return [it for it in PROOFS if it.part in (parts or DEFAULT_PARTS)]


def prove(
    proofs: Sequence[Proof],
    environment: str,
    commit: str,
    before: Sequence[Outcome],
    run: Callable[[Proof, str], tuple[int, Mapping[str, Any]]],
    keep: Callable[[Sequence[Outcome]], None],
    tell: Callable[[str], None] = print,
    again: bool = False,
) -> list[Outcome]:
    """All of them have an outcome, those of before at this commit included unless they are void.

    Args: again: also what is known of this commit is run; what was known stays until its successor is there.
    """
    outcomes = {(it.words, it.environment): it for it in before}
    for number, proof in enumerate(proofs, start=1):
        known = outcomes.get((proof.words, environment))
        if known and not again and _is_known(known, commit):
            tell(f"{number}/{len(proofs)} {proof.words}: {known.verdict}, known of this commit")
            continue
        tell(f"{number}/{len(proofs)} {proof.words}: some {proof.minutes:g} minutes")
        began, at = time.monotonic(), time.strftime("%Y-%m-%d %H:%M", time.gmtime())
        code, document = run(proof, environment)
        outcome = Outcome(
            proof.words,
            environment,
            commit,
            at,
            round((time.monotonic() - began) / 60, 1),
            str(document.get("verdict") or f"no verdict (exit code {code})"),
            {name: document[name] for name in SHOWN if document.get(name) is not None},
            tuple(document.get("reasons", ())),
            Path(str(document.get("evidence", ""))).name,
        )
        outcomes[proof.words, environment] = outcome
        keep(list(outcomes.values()))
        tell(f"    {outcome.verdict} after {outcome.minutes:g} minutes {' '.join(outcome.reasons)}")
    return [outcomes[it.words, environment] for it in proofs]


def _is_known(outcome: Outcome, commit: str) -> bool:
    """A commit with changes names no one state of the files, so nothing is known of it."""
    is_judged = outcome.verdict in ("HOLDS", "DOES_NOT_HOLD")
    return is_judged and outcome.commit == commit and not commit.endswith(WITH_CHANGES)


def page(outcomes: Sequence[Outcome]) -> str:
    """docs/resilience.md."""
    order = {it.words: number for number, it in enumerate(PROOFS)}
    rows = [_row(it) for it in sorted(outcomes, key=lambda it: order.get(it.words, len(order)))]
    unseen = [it.words for it in PROOFS if it.words not in {each.words for each in outcomes}]
    return "\n".join(
        [
            "# Resilience",
            "",
            "What `make prove` showed last, on a twin on one machine. Nothing here was run on AWS. Each row is one run",
            "of the command at the commit that it names; *void* proves nothing, neither way, and its reasons stand",
            "below. Targets are assumptions of this project ([tiers](../catalogue/tiers.yaml),",
            "[playbooks](recovering.md)).",
            "",
            "| command | on | commit, date (UTC) | verdict | what was seen |",
            "|---|---|---|---|---|",
            *rows,
            "",
            *(f"- `{it.words}`: {reason}" for it in outcomes for reason in it.reasons),
            *([""] if any(it.reasons for it in outcomes) else []),
            f"Not run yet: {', '.join(f'`{it}`' for it in unseen)}." if unseen else "Everything was run.",
            "",
            "`python -m tests.prove --list` has the parts and how long each takes.",
            "",
        ]
    )


def _row(it: Outcome) -> str:
    seen = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in it.figures.items())
    return f"| `{it.words}` | {it.environment} | {it.commit}, {it.began_at} | {it.verdict} | {seen} |"


def _run(proof: Proof, environment: str) -> tuple[int, Mapping[str, Any]]:
    command = [str(Path(sys.executable).with_name("estate")), *proof.command(environment)]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60 * SLOWEST * proof.minutes,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return COULD_NOT_RUN, {"reasons": [f"ended after {SLOWEST:g} times its estimate"]}
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        return done.returncode, {
            "reasons": [done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ""]
        }


def _known() -> list[Outcome]:
    if not RESULTS.exists():
        return []
    return [
        Outcome(**{**it, "reasons": tuple(it["reasons"])})
        for it in json.loads(RESULTS.read_text(encoding="utf-8"))
    ]


def _keep(outcomes: Sequence[Outcome]) -> None:
    RESULTS.write_text(json.dumps([asdict(it) for it in outcomes], indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(outcomes), encoding="utf-8")


def _commit() -> str:
    git = ["git", "-C", str(ROOT)]
    name = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    own = [":!docs/resilience.json", ":!docs/resilience.md"]
    changed = subprocess.run([*git, "status", "--porcelain", "--", ".", *own], capture_output=True, text=True)
    return name.stdout.strip() + (WITH_CHANGES if changed.stdout.strip() else "")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0 all of it holds, 1 something does not, 2 something is void or could not be run."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description="The long runs.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"Default: {', '.join(DEFAULT_PARTS)}.")
    parser.add_argument("--environment", default="local")
    parser.add_argument("--list", action="store_true", help="Say what there is, and run nothing.")
    parser.add_argument("--again", action="store_true", help="Also what is known of this commit.")
    options = parser.parse_args(arguments)
    try:
        proofs = list(PROOFS) if options.list and not options.parts else plan(options.parts)
    except ValueError as error:
        sys.stderr.write(f"prove: {error}\n")
        return COULD_NOT_RUN
    for it in proofs:
        print(f"{it.part:<14} {it.minutes:>4g} min  {it.words}")
    print(f"{sum(it.minutes for it in proofs):g} minutes in all, by estimate, on {options.environment!r}.")
    if options.list:
        return 0
    outcomes = prove(proofs, options.environment, _commit(), _known(), _run, _keep, again=options.again)
    if all(it.verdict == "HOLDS" for it in outcomes):
        return 0
    return 1 if all(it.verdict in ("HOLDS", "DOES_NOT_HOLD") for it in outcomes) else COULD_NOT_RUN


if __name__ == "__main__":
    sys.exit(main())

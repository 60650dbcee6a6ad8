"""`estate chaos list|run|verify`: experiments against an environment, judged, and left as evidence."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from json import loads
from pathlib import Path
from random import Random
from typing import Any

from catalogue import Kind, load_catalogue
from chaos.blast_radius import objection
from chaos.capacity import stands
from chaos.exceptions import ChaosError, TargetMissing
from chaos.experiment import Experiment, Fidelity, experiments, find
from chaos.injection import choose
from chaos.place import Place
from chaos.servers import watched
from chaos.settings import DEFAULT_RATE, RunSettings
from estate.aws import Clients
from estate.busy_servers import busy_servers
from estate.commands import env
from estate.exceptions import NotConfirmed
from estate.experiments import DryRun, Experiments, Ran, Verified
from estate.terminal import Terminal

__all__ = ["Options", "dry_run", "ended", "list_experiments", "run", "verify"]


@dataclass(frozen=True)
class Options:
    """Of a run. Attributes: see chaos.settings.RunSettings."""

    seed: int = 1
    faults: int = 1
    rate: float = DEFAULT_RATE
    before_seconds: float = 5.0
    after_seconds: float = 60.0
    heal_seconds: float = 600.0
    lead_seconds: float = 15.0

    def variables(
        self, evidence: Path, result: Path, servers: Path, is_control_case: bool
    ) -> Mapping[str, str]:
        """By which an experiment's configuration is set."""
        return {
            "ESTATE_CHAOS_SEED": str(self.seed),
            "ESTATE_CHAOS_FAULTS": str(self.faults),
            "ESTATE_CHAOS_RATE": repr(self.rate),
            "ESTATE_CHAOS_BEFORE_SECONDS": repr(self.before_seconds),
            "ESTATE_CHAOS_AFTER_SECONDS": repr(self.after_seconds),
            "ESTATE_CHAOS_HEAL_SECONDS": repr(self.heal_seconds),
            "ESTATE_CHAOS_LEAD_SECONDS": repr(self.lead_seconds),
            "ESTATE_CHAOS_CONTROL_CASE": "yes" if is_control_case else "no",
            "ESTATE_CHAOS_RESULT": str(result),
            "ESTATE_CHAOS_SERVERS": str(servers),
            "ESTATE_EVIDENCE": str(evidence),
        }

    def check(self) -> None:
        """Raises: chaos.exceptions.ExperimentInvalid."""
        names = ("seed", "faults", "rate", "before_seconds", "after_seconds", "heal_seconds", "lead_seconds")
        RunSettings.of({name: getattr(self, name) for name in names})


def list_experiments() -> Experiments:
    return Experiments(experiments())


def run(
    name: str, environment: str, terminal: Terminal, options: Options, root: Path, yes: bool = False
) -> Ran:
    """Raises: NotUp, NotConfirmed, ChaosError, load_tests.LoadError: nothing was changed."""
    experiment, place, exports = _checked(name, environment, options, yes)
    terminal.note(f"{experiment.title}, on {environment}, seed {options.seed}")
    _faults(experiment, place, options)
    return _ran(experiment, place, exports, terminal, options, root, is_control_case=False)


def verify(
    name: str,
    environment: str,
    terminal: Terminal,
    options: Options,
    seeds: int,
    root: Path,
    yes: bool = False,
) -> Verified:
    """The experiment, and then as many rounds without its protection.

    Raises: as `run`; ChaosError: the experiment was interrupted, so its control case was not begun.
    """
    experiment, place, exports = _checked(name, environment, options, yes)
    _faults(experiment, place, options)
    of = _ran(experiment, place, exports, terminal, options, root, is_control_case=False)
    if of.is_interrupted:
        raise ChaosError(
            "The experiment was interrupted, so its control case was not begun. What was seen until then is in "
            f"{of.document['evidence']}."
        )
    terminal.note(f"without its protection: {experiment.about.protection.is_}")
    each = Options(**{**vars(options), "faults": seeds})
    return Verified(of, _ran(experiment, place, exports, terminal, each, root, is_control_case=True), seeds)


def dry_run(name: str, environment: str, options: Options) -> DryRun:
    """Raises: NotUp, ChaosError."""
    experiment, place, _ = _checked(name, environment, options, yes=True)
    return DryRun(experiment, environment, options.seed, options.rate, _faults(experiment, place, options))


def _checked(
    name: str, environment: str, options: Options, yes: bool
) -> tuple[Experiment, Place, Mapping[str, str]]:
    """Everything that can be refused beforehand has been."""
    options.check()
    experiment = find(name)
    catalogue = load_catalogue()
    estate = catalogue.estate(environment)
    exported = env.run(environment)
    kept = {key: it for key, it in os.environ.items() if key not in exported.unset}
    kept = {key: it for key, it in kept.items() if not key.startswith("ESTATE_CHAOS_")}
    exports = {**kept, **exported.variables}
    place = Place.of(catalogue, exports)
    _use(place, exports)
    missing = [it for it in experiment.about.needs if it not in estate.services]
    if missing:
        raise TargetMissing(
            f"{name!r} needs {', '.join(missing)}, and {environment!r} does not have it, so it would show nothing. "
            "Choose another environment."
        )
    if estate.environment.kind is Kind.AWS:
        if experiment.about.aws is Fidelity.TWIN_ONLY:
            place.endpoint()
        if not yes:
            raise NotConfirmed(
                f"{experiment.title}: {environment!r} on AWS would be broken under {options.rate:g} operations a "
                "second. Say --yes to do it."
            )
    place.check_up()
    return experiment, place, exports


def _use(place: Place, exports: Mapping[str, str]) -> None:
    """The place's clients use what `estate env` says, and not this shell's own account."""
    clients = Clients(place.estate, exports.get("AWS_ENDPOINT_URL"))
    region = place.estate.environment.primary.name
    place.make = lambda service, **_: clients.of(service, region)


def _faults(experiment: Experiment, place: Place, options: Options) -> list[str]:
    """What each round would break of what is there now. Raises: ChaosError: of the first, that it may not be."""
    told = []
    for number in range(1, options.faults + 1):
        chance = Random(f"{options.seed}/{number}")  # noqa: S311
        chosen = choose(experiment.break_, place, chance, options.after_seconds)
        if said := objection(stands(place, options.rate), chosen.zones, chosen.lost_of):
            raise ChaosError(said)
        told.append(chosen.title)
    return told


def _ran(
    experiment: Experiment,
    place: Place,
    exports: Mapping[str, str],
    terminal: Terminal,
    options: Options,
    root: Path,
    *,
    is_control_case: bool,
) -> Ran:
    """`chaos run` with the file as it is, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="estate-chaos-") as folder:
        result, servers = Path(folder) / "result.json", Path(folder) / "servers.jsonl"
        variables = {**exports, **options.variables(root, result, servers, is_control_case)}
        command = [sys.executable, "-m", "chaos", str(os.getpid()), "--no-version-check", "--no-log-file"]
        with (
            watched(busy_servers(place.estate.environment), servers),
            subprocess.Popen(
                [*command, "run", "--journal-path", f"{folder}/journal.json", str(experiment.file)],
                env=variables,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr if not terminal.as_json else subprocess.DEVNULL,
                stderr=sys.stderr,
            ) as process,
        ):
            code = ended(process, terminal.note)
        return Ran(_result(result, code))


def ended(process: "subprocess.Popen[bytes]", note: Callable[[str], None]) -> int:
    """The run has ended by itself, and its exit code is known: Ctrl-C reaches it too, and it puts everything back."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            note(
                "Interrupted: what was done is being undone, and the ledgers are compared. That takes some minutes."
            )


def _result(file: Path, code: int) -> Mapping[str, Any]:
    if not file.exists():
        raise ChaosError(
            f"The experiment ended with {code} and without a result. `estate evidence list` shows what it left."
        )
    document = loads(file.read_text(encoding="utf-8"))
    if "refused" in document:
        raise ChaosError(document["refused"])
    return document

"""Which launch is run against what: the same plan in the command, in the generator and in each of its workers."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalogue import Catalogue, Estate, LaunchMix, LaunchProfile, OperationKind
from load_tests.exceptions import LaunchUnknown
from load_tests.schedule import Schedule
from load_tests.targets import target

__all__ = ["EVIDENCE_SERVICE", "Plan", "PlanSettings", "fitted"]

EVIDENCE_SERVICE = "documents"
"""Takes evidence in; an environment without it has nobody who does."""


@dataclass(frozen=True)
class PlanSettings:
    """Attributes: run: a name of this run alone. edge: where people come in, as `estate env` names it.

    target: the URL that is wanted, where it is not simply the edge's.
    """

    environment: str
    launch: str
    seed: int
    run: str
    rate_scale: float = 1.0
    duration_scale: float = 1.0
    edge: str | None = None
    target: str | None = None


@dataclass(frozen=True)
class Plan:
    """Attributes: target: URL of the edge. left_out: kinds of operation that nobody asks for here, each with why."""

    estate: Estate
    launch: LaunchProfile
    schedule: Schedule
    target: str
    left_out: Mapping[OperationKind, str]

    @classmethod
    def of(cls, catalogue: Catalogue, settings: PlanSettings) -> "Plan":
        """Raises: LaunchUnknown, TargetRefused, ScaleInvalid, catalogue.UnknownEnvironment."""
        estate = catalogue.estate(settings.environment)
        launch = _launch(catalogue, settings.launch)
        _check_benefits(estate, launch)
        url = target(estate.environment, settings.edge, settings.target)
        mix, left_out = fitted(catalogue.mixes[launch.mix], estate, launch.under_faults)
        schedule = Schedule(
            launch, mix, settings.seed, settings.run, settings.rate_scale, settings.duration_scale
        )
        return cls(estate, launch, schedule, url, left_out)


def fitted(
    mix: LaunchMix, estate: Estate, under_faults: bool = False
) -> tuple[LaunchMix, Mapping[OperationKind, str]]:
    """The mix without what nobody can be asked for here, and why not; the other shares grow alike."""
    why = _why_no_evidence(estate, under_faults)
    if not why or OperationKind.EVIDENCE not in mix.percent:
        return mix, {}
    kept = {kind: share for kind, share in mix.percent.items() if kind is not OperationKind.EVIDENCE}
    whole = sum(kept.values())
    percent = {kind: 100 * share / whole for kind, share in kept.items()}
    return mix.model_copy(update={"percent": percent}), {OperationKind.EVIDENCE: why}


def _why_no_evidence(estate: Estate, under_faults: bool) -> str:
    """A sentence; empty where people can send evidence."""
    if EVIDENCE_SERVICE not in estate.services:
        return "Nothing here takes evidence."
    if under_faults and estate.tasks(EVIDENCE_SERVICE, "primary").minimum < 2:
        return "One task takes evidence here, and the fault that takes its zone takes it along."
    return ""


def _launch(catalogue: Catalogue, name: str) -> LaunchProfile:
    if name not in catalogue.launches:
        raise LaunchUnknown(
            f"There is no launch {name!r} in launches.yaml. There are {', '.join(sorted(catalogue.launches))}."
        )
    return catalogue.launches[name]


def _check_benefits(estate: Estate, launch: LaunchProfile) -> None:
    missing = [it for it in launch.benefits if it not in estate.benefits]
    if missing:
        raise LaunchUnknown(
            f"{launch.name!r} is a launch of {', '.join(missing)}, and {estate.environment.name!r} does not have "
            f"{'it' if len(missing) == 1 else 'them'}. Choose another environment, or another launch."
        )

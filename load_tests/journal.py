"""What a launch writes into its evidence: the plan, its assumptions, its course, its figures."""

from collections.abc import Mapping
from typing import Any

from catalogue import Basis
from evidence import Run
from evidence.facts import EventKind
from load_tests.objectives import Conduct
from load_tests.plan import Plan, PlanSettings
from load_tests.scaling import alarm_changes
from load_tests.schedule import PREPARATION_SECONDS
from load_tests.tally import Tally

__all__ = ["write_alarms", "write_figures", "write_plan", "write_story"]


def write_plan(plan: Plan, settings: PlanSettings) -> dict[str, Any]:
    """The run's configuration."""
    launch, schedule = plan.launch, plan.schedule
    return {
        "launch": launch.model_dump(mode="json"),
        "mix": schedule.mix.model_dump(mode="json"),
        "rate_scale": settings.rate_scale,
        "duration_scale": settings.duration_scale,
        "target": plan.target,
        "operations_expected": round(schedule.expected),
        "peak_per_second": round(schedule.peak_per_second, 2),
        "left_out": [str(kind) for kind in plan.left_out],
    }


def write_story(run: Run, plan: Plan, begin_at: float) -> None:
    """Phases and assumptions are in the record."""
    begins = plan.schedule.begins()
    run.event(EventKind.PHASE, "preparation", begin_at - PREPARATION_SECONDS)
    for phase in plan.launch.phases:
        pace = "" if phase.time_compression == 1 else f", a second for {phase.time_compression} s"
        run.event(EventKind.PHASE, phase.name + pace, begin_at + begins[phase.name], source=phase.source)
        if phase.basis is not Basis.SEEN:
            run.assumption(
                f"{plan.launch.name}, {phase.name} ({phase.basis}): {phase.source}", "catalogue/launches.yaml"
            )
    run.event(EventKind.PHASE, "afterwards", begin_at + plan.schedule.seconds)
    mix = plan.schedule.mix
    run.assumption(f"The mix {mix.name}: {mix.source}", "catalogue/launches.yaml")
    for kind, why in plan.left_out.items():
        run.assumption(
            f"{why} The share of {kind} in the mix went to the other operations.", "load_tests/plan.py"
        )


def write_figures(run: Run, seen: Tally, conduct: Conduct) -> None:
    """What was counted is in the record."""
    counted: Mapping[str, int] = {
        "scheduled": seen.scheduled,
        "sent": seen.sent,
        "attempts": seen.attempts,
        "attempts_failed": seen.attempts_failed,
        "operations_failed": seen.operations_failed,
        "shed": seen.shed,
        **{f"unserved_{sort.replace('-', '_')}": count for sort, count in seen.unserved.items()},
    }
    for name, count in counted.items():
        run.figure(name, count, "", source="ledgers")
    for name, milliseconds in (
        ("p50_ms", seen.p50_ms),
        ("p99_ms", seen.p99_ms),
        ("shed_p50_ms", seen.shed_p50_ms),
        ("shed_p99_ms", seen.shed_p99_ms),
        ("latest_ms", seen.latest_ms),
    ):
        run.figure(name, _rounded(milliseconds), "ms", source="ledgers")
    busiest = {"the generator": conduct.busiest_percent, **conduct.others}
    for name, percent in busiest.items():
        run.figure(
            f"busiest: {name}", _rounded(percent), "% of a core", source="processor time of the process"
        )
    for kind, of_kind in seen.kinds.items():
        run.figure(f"success_{kind}", round(of_kind.success_percent, 4), "%", source="ledgers")


def write_alarms(run: Run, client: Any, since: float) -> None:
    """Every change of an alarm's state is in the record. Raises: botocore's errors."""
    for at, name, state in alarm_changes(client, since):
        run.event(EventKind.ALARM, name, at, state=state)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)

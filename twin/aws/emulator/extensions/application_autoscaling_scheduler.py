"""Application Auto Scaling: scheduled actions are carried out when their time comes."""

from dataclasses import dataclass
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.environment import ACCOUNT_ID
from twin.aws.emulator.extensions.application_autoscaling_scaler import Scaler
from twin.aws.emulator.extensions.application_autoscaling_state import (
    SCHEDULED_ACTION,
    SERVICE,
    Target,
    moto_target,
    suspension,
)
from twin.aws.emulator.memory import Collection
from twin.aws.emulator.scaling.activity import Status, schedule_cause
from twin.aws.emulator.scaling.schedule import next_run

__all__ = ["Scheduler"]


@dataclass(frozen=True)
class Scheduler:
    """Runs what is due in the order of its time, then of its name. What a dead emulator missed stays missed."""

    scaler: Scaler

    def run_due(self, now: float) -> None:
        """Every action whose time has come was carried out once, or was passed over because it is suspended."""
        due = [
            (it["next"], key, region, kept)
            for region, kept in self._collections()
            for key, it in list(kept.items())
            if it["next"] is not None and it["next"] <= now
        ]
        for _, key, region, kept in sorted(due, key=lambda it: it[:3]):
            self._run(region, key, kept, now)

    def _collections(self) -> list[tuple[str, Collection]]:
        return [
            (place.region, collection)
            for place, collection in self.scaler.inside.memory.collections()
            if (place.account, place.service, place.kind) == (ACCOUNT_ID, SERVICE, SCHEDULED_ACTION)
        ]

    def _run(self, region: str, key: str, kept: Collection, now: float) -> None:
        entry = kept.get(key)
        if entry is None:
            return
        shown = entry["shown"]
        kept[key] = {**entry, "next": next_run(entry["timing"], now)}
        target = Target(region, shown["ServiceNamespace"], shown["ResourceId"], shown["ScalableDimension"])
        found = moto_target(target)
        if found is not None and not suspension(found).is_schedule_suspended:
            self._apply(target, found, shown, now)

    def _apply(self, target: Target, found: Any, shown: Document, now: float) -> None:
        """The target has the action's bounds, and its capacity is within them."""
        given = shown.get("ScalableTargetAction", {})
        minimum, maximum = (
            given.get("MinCapacity", found.min_capacity),
            given.get("MaxCapacity", found.max_capacity),
        )
        words, cause = _words(given), schedule_cause(shown["ScheduledActionName"])
        if minimum > maximum:
            reason = f"Minimum capacity {minimum} is greater than maximum capacity {maximum}"
            self.scaler.tell(
                target, f"Setting {words}", cause, Status.FAILED, f"Failed to set {words}. {reason}", now
            )
            return
        found.update(minimum, maximum, None)
        self.scaler.inside.exchange.note(SERVICE)
        self.scaler.tell(
            target, f"Setting {words}", cause, Status.SUCCESSFUL, f"Successfully set {words}", now
        )
        self.scaler.move_into_bounds(target, now)


def _words(given: Document) -> str:
    """Source: user guide, get-started-exercise.html: "Setting min capacity to 15 and max capacity to 20"."""
    bounds = {"min": given.get("MinCapacity"), "max": given.get("MaxCapacity")}
    return " and ".join(f"{kind} capacity to {it}" for kind, it in bounds.items() if it is not None)

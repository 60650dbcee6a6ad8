"""Application Auto Scaling: carries out what policies, schedules and bounds ask for, and tells of it.

What is decided stands in `twin.aws.emulator.scaling`; here ECS is asked and changed, and activities are written. State
of this module (activities, cooldowns, changes under way) is in memory: an emulator that starts anew has none, so that
its first scaling waits for no cooldown.
"""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Inside
from twin.aws.emulator.extensions.application_autoscaling_service import Service, set_desired, state_of
from twin.aws.emulator.extensions.application_autoscaling_state import Target, moto_target
from twin.aws.emulator.scaling import change as changes
from twin.aws.emulator.scaling.activity import ATTEMPTING, Activity, Status, bounds_cause, not_scaled
from twin.aws.emulator.scaling.capacity import Capacity, Direction, NotScaled, ScaleTo, Wish
from twin.aws.emulator.scaling.change import Change
from twin.aws.emulator.scaling.cooldown import Cooldown
from twin.aws.emulator.scaling.journal import Journal
from twin.aws.emulator.scaling.planner import plan, plan_bounds

__all__ = ["Scaler", "Wanting"]


@dataclass(frozen=True)
class Wanting:
    """What a policy wants, once it is known what there is.

    Attributes:
        wish: None where it wants nothing.
        cooldown_seconds: by direction.
    """

    cause: str
    wish: Callable[[Capacity], Wish | None]
    cooldown_seconds: Callable[[Direction], float]


@dataclass
class _State:
    """Of one target."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    cooldown: Cooldown = field(default_factory=Cooldown)
    change: Change | None = None


class Scaler:
    """Thread-safe: a target is changed by one at a time."""

    def __init__(self, inside: Inside) -> None:
        self.inside = inside
        self._journals: dict[str, Journal] = {}
        self._states: dict[Target, _State] = {}

    def journal(self, region: str) -> Journal:
        """The activities of the region."""
        return self._journals.setdefault(region, Journal())

    def _state(self, target: Target) -> _State:
        return self._states.setdefault(target, _State())

    def scale(self, target: Target, wanting: Wanting, now: float) -> None:
        """The service has what the policy wants, as far as it may; or it is told why not."""
        found, state = moto_target(target), self._state(target)
        if found is None:
            return
        with state.lock:
            service = self._seen(target, wanting.cause, now)
            if service is None:
                return
            actual = service.capacity(found, state.cooldown.credit(now))
            wish = wanting.wish(actual)
            match plan(wish, actual, state.cooldown, now) if wish else None:
                case ScaleTo() as made:
                    seconds = wanting.cooldown_seconds(made.direction)
                    self._begin(target, made, actual, wanting.cause, seconds, now)
                case NotScaled(reason):
                    told = (not_scaled(reason, actual),)
                    self._tell(target, ATTEMPTING, wanting.cause, Status.FAILED, now, told=told)
                case None:
                    pass

    def move_into_bounds(self, target: Target, now: float) -> None:
        """Desired capacity is within the target's bounds; a service that is not active is left."""
        found, state = moto_target(target), self._state(target)
        if found is None or target.namespace != "ecs":
            return
        with state.lock:
            service = _state_or_none(self.inside, target)
            made = plan_bounds(service.capacity(found)) if service else None
            if service and made:
                actual = service.capacity(found)
                self._begin(target, made, actual, bounds_cause(actual.desired, actual.bounds), None, now)

    def tell(
        self, target: Target, description: str, cause: str, status: Status, message: str, now: float
    ) -> None:
        """There is an activity that has ended as it began."""
        self._tell(target, description, cause, status, now, message, ended_at=now)

    def forget(self, target: Target) -> None:
        """Nothing holds back what a target of the same name does. Its activities stay."""
        self._states.pop(target, None)

    def check(self, now: float) -> None:
        """Changes under way whose time has come are looked at."""
        for target, state in list(self._states.items()):
            with state.lock:
                change = state.change
                if change and now - change.checked_at >= changes.CHECKED_EVERY_SECONDS:
                    self._check(target, state, change, now)

    def _check(self, target: Target, state: _State, change: Change, now: float) -> None:
        found, service = moto_target(target), _state_or_none(self.inside, target)
        actual = service.capacity(found) if service and found else None
        status, message = changes.outcome(change, actual, now)
        if status is Status.IN_PROGRESS:
            state.change = changes.looked_at(change, now)
        else:
            self._end(target, state, change, status, message, now)

    def _end(
        self, target: Target, state: _State, change: Change, status: Status, message: str, now: float
    ) -> None:
        self.journal(target.region).update(change.activity_id, status, message, now)
        state.change = None
        if change.cooldown_seconds is not None:
            is_done = status is Status.SUCCESSFUL
            state.cooldown = (
                state.cooldown.ended(change.direction, change.cooldown_seconds, now)
                if is_done
                else Cooldown()
            )

    def _begin(
        self,
        target: Target,
        made: ScaleTo,
        actual: Capacity,
        cause: str,
        cooldown_seconds: float | None,
        now: float,
    ) -> None:
        """ECS is asked for the capacity."""
        state, identifier = self._state(target), str(uuid.uuid4())
        description = changes.description(made.capacity)
        try:
            set_desired(self.inside, target, made.capacity)
        except AwsError as error:
            status, message = changes.failed(made.capacity, error.code, error.message, str(uuid.uuid4()))
            self.tell(target, description, cause, status, message, now)
            return
        self._override(target, state, made.capacity, now)
        if cooldown_seconds is not None:
            state.cooldown = state.cooldown.began(made.direction, made.capacity - actual.desired, now)
        change = Change(identifier, made.capacity, made.direction, cooldown_seconds, now, now)
        state.change = change
        message = f"{changes.set_message(made.capacity)} Waiting for change to be fulfilled by ecs."
        self._tell(target, description, cause, Status.IN_PROGRESS, now, message, identifier=identifier)

    def _override(self, target: Target, state: _State, count: int, now: float) -> None:
        """A change under way has been overtaken; what it added still counts until its cooldown is over."""
        change = state.change
        if change is None:
            return
        message = f"{changes.set_message(change.to)} Found it was later changed to {count}."
        self.journal(target.region).update(change.activity_id, Status.OVERRIDDEN, message, now)
        if change.cooldown_seconds is not None:
            state.cooldown = state.cooldown.ended(change.direction, change.cooldown_seconds, now)

    def _seen(self, target: Target, cause: str, now: float) -> Service | None:
        """The service, and a failed activity where there is none."""
        try:
            service = state_of(self.inside, target)
        except AwsError as error:
            self.tell(target, ATTEMPTING, cause, Status.FAILED, error.message, now)
            return None
        if service is None:
            # AWS's words for a target that is registered without its service.
            message = f"ECS service doesn't exist: {target.resource_id}"
            self.tell(target, ATTEMPTING, cause, Status.FAILED, message, now)
        return service

    def _tell(
        self,
        target: Target,
        description: str,
        cause: str,
        status: Status,
        now: float,
        message: str = "",
        ended_at: float | None = None,
        identifier: str = "",
        told: tuple[dict[str, object], ...] = (),
    ) -> None:
        it = Activity(
            identifier or str(uuid.uuid4()),
            target.members,
            description,
            cause,
            now,
            status,
            message,
            ended_at,
            told,
        )
        self.journal(target.region).add(it)


def _state_or_none(inside: Inside, target: Target) -> Service | None:
    try:
        return state_of(inside, target)
    except AwsError:
        return None

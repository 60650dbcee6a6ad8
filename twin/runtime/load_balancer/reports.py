"""What other parts and the API are told of targets, and what is taken back."""

from collections.abc import Iterable, Mapping, Sequence, Set

from twin.runtime.directory import TargetHealth, TargetKey
from twin.runtime.ground import Ground
from twin.runtime.load_balancer.health import document, target_health
from twin.runtime.load_balancer.model import Target, TargetGroup
from twin.runtime.load_balancer.targets import Key, Known, Sight, keys_of

__all__ = ["Reports"]


class Reports:
    """Of one region's targets."""

    def __init__(self, ground: Ground, region: str) -> None:
        self._ground, self._region = ground, region
        self._health: dict[Key, TargetHealth] = {}
        self._arns: dict[Key, str] = {}

    def say(
        self,
        groups: Iterable[TargetGroup],
        known: Mapping[Key, Known],
        sights: Mapping[Key, Sequence[Sight]],
        overridden: Set[Key],
        now: float,
    ) -> None:
        """All know the state of every known target, and of no other."""
        for group in groups:
            for key in keys_of(group, known):
                health = target_health(
                    group,
                    known[key],
                    sights.get(key, ()),
                    self._health.get(key),
                    trial_is_over=now - known[key].since >= self._trial_seconds(group),
                )
                self._say(group, key, health, is_overridden=key in overridden)
        for key in [it for it in self._health if it not in known]:
            self._take_back(key)

    def _say(self, group: TargetGroup, key: Key, health: TargetHealth, *, is_overridden: bool) -> None:
        target = key[1]
        if self._arns.get(key, group.arn) != group.arn:
            self._take_back(key)
        self._health[key], self._arns[key] = health, group.arn
        self._ground.directory.target_health.put(TargetKey(group.arn, target.address, target.port), health)
        check_port = (group.health_check and group.health_check.port) or target.port
        zone = self._ground.addresses.zone_of(target.address)
        said = document(target, zone, health, check_port, is_overridden=is_overridden)
        self._ground.control_plane.report("elbv2", self._region, "target", _key(group.arn, target), said)

    def _take_back(self, key: Key) -> None:
        arn, target = self._arns.pop(key, ""), key[1]
        self._health.pop(key, None)
        self._ground.directory.target_health.drop(TargetKey(arn, target.address, target.port))
        self._ground.control_plane.report("elbv2", self._region, "target", _key(arn, target), None)

    def _trial_seconds(self, group: TargetGroup) -> float:
        """In which a target that fails from the start has failed often enough."""
        check = group.health_check
        if check is None:
            return 0.0
        return self._ground.profile.declared(check.unhealthy_threshold * check.interval_seconds)


def _key(arn: str, target: Target) -> str:
    return f"{arn}|{target.address}|{target.port}"

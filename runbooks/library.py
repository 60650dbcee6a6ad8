"""The playbooks that there are."""

from importlib import import_module

from runbooks.exceptions import NotPossibleHere, PlaybookUnknown
from runbooks.playbook import OnAws, Playbook
from runbooks.surroundings import Surroundings

__all__ = ["NAMES", "check_possible", "playbook"]

_PACKAGES = {
    "az-evacuation": "zone_evacuation",
    "database-writer-failover": "writer_failover",
    "point-in-time-restore": "point_in_time",
    "region-failover": "region_failover",
}
NAMES = tuple(sorted(_PACKAGES))


def playbook(name: str) -> Playbook:
    """Raises: PlaybookUnknown"""
    if name not in _PACKAGES:
        raise PlaybookUnknown(f"There is no playbook {name!r}. There are: {', '.join(NAMES)}.")
    return import_module(f"runbooks.{_PACKAGES[name]}.steps").PLAYBOOK


def check_possible(chosen: Playbook, around: Surroundings) -> None:
    """Raises: NotPossibleHere"""
    front = chosen.front
    if front.needs_standby and around.standby is None:
        raise NotPossibleHere(
            f"{front.name!r} goes to a standby region, and {around.label.name!r} has none. Choose an "
            "environment with one ('standby' in environments.yaml), such as 'local'."
        )
    if front.on_aws is OnAws.REFUSED and not around.is_twin:
        raise NotPossibleHere(f"{front.name!r} is drilled on twins only: {front.on_aws_why}")

"""What stands where while an experiment runs, and since when it is enough again."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from chaos import stores
from chaos.blast_radius import Stand
from chaos.exceptions import EstateAway
from chaos.injection import Injection
from chaos.place import Place, Standing
from chaos.rounds import Round
from evidence import Run
from load_tests.surroundings import TWIN_PER_SECOND

__all__ = ["LOOK_SECONDS", "Capacity", "stands"]

LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Capacity:
    """Attributes: run: that the looks are noted in."""

    place: Place
    run: Run

    def look(self, round_: Round, lost: Injection | None) -> None:
        """While a fault lasts: how many tasks stand in each zone, and whether those that are left are enough."""
        standings = self._standings()
        if standings is None:
            return
        now, since = time.time(), round_.fault_at
        for zone in self.place.zones:
            self.run.point(f"tasks/{zone}", "tasks", now, sum(it.by_zone[zone] for it in standings))
        if since is not None and now > since + LOOK_SECONDS and self._is_enough(standings, lost):
            _note(round_, now)

    def until_whole(self, seconds: float) -> bool:
        """Whether all that is wanted stood and was healthy in time: tasks, databases and caches."""
        deadline = time.monotonic() + seconds
        while not self._is_whole():
            if time.monotonic() > deadline:
                return False
            time.sleep(LOOK_SECONDS)
        return True

    def _is_enough(self, standings: Sequence[Standing], lost: Injection | None) -> bool:
        """On people's path, without what is lost, as many healthy tasks stand as are wanted."""
        zones, tasks = (lost.zones, lost.tasks) if lost else ((), ())
        return all(it.healthy(zones, tasks) >= it.desired for it in standings if it.name in self.place.path)

    def _is_whole(self) -> bool:
        """Not where the API does not answer this time."""
        standings = self._standings()
        if standings is None or not all(map(_is_whole, standings)):
            return False
        try:
            return stores.are_whole(self.place)
        except EstateAway:
            return False

    def _standings(self) -> Sequence[Standing] | None:
        """None where the API does not answer this time."""
        try:
            return self.place.standings()
        except EstateAway:
            return None


def stands(place: Place, rate: float) -> list[Stand]:
    """What people's operations go through, each taken to pass once through each service of the path.

    A twin's tasks carry what it says that they do; what AWS's carry nobody has measured, so there only a service that
    would be left without any task is objected to.
    """
    per_second = TWIN_PER_SECOND if place.is_twin else float("inf")
    return [Stand(it.name, it.by_zone, per_second, rate) for it in place.standings() if it.name in place.path]


def _is_whole(standing: Standing) -> bool:
    return standing.healthy() >= standing.desired and standing.running >= standing.desired


def _note(round_: Round, now: float) -> None:
    if round_.fault_at is not None and round_.capacity_seconds is None:
        round_.capacity_seconds = round(now - round_.fault_at, 1)

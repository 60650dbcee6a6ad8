"""Steady state: what the tier promises to people, and what is wanted to stand."""

from chaos.exceptions import EstateAway
from chaos.session import current
from chaos.tier_objectives import sample

__all__ = ["all_that_is_wanted_is_healthy", "people_are_served"]


def people_are_served() -> bool:
    """Whether a sample of requests met the availability and latency of the experiment's tier.

    Raises: EstateAway: nothing answered, so nothing was measured.
    """
    session = current()
    seen = sample(session.place.edge)
    session.run.event(
        "probe",
        "a sample of requests",
        availability_percent=round(seen.availability_percent, 2),
        p99_ms=round(seen.p99_ms, 1) if seen.seconds else None,
    )
    return seen.meets(session.objectives)


def all_that_is_wanted_is_healthy() -> bool:
    """Whether every service has as many healthy tasks as it wants, within the time that is given to heal.

    Raises: EstateAway: there is no service at all, so nothing was seen.
    """
    session = current()
    if not session.place.standings():
        raise EstateAway("The cluster has no services. `estate status` says what runs.")
    return session.until_healthy()

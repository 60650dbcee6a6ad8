"""Launches that are made for tests."""

from catalogue import Catalogue, LaunchMix, LaunchProfile, load_catalogue
from load_tests.schedule import Schedule

__all__ = ["CATALOGUE", "launch_of", "mix_of", "schedule_of"]

CATALOGUE: Catalogue = load_catalogue()
PHASE = {"basis": "assumption", "source": "It is made for a test."}


def launch_of(*phases: tuple[str, int, float, float], **changed: object) -> LaunchProfile:
    """Args: phases: name, seconds, rate at begin and at end, in operations a second."""
    document = {
        "name": "made-up",
        "title": "A launch for tests",
        "description": "It is made for a test.",
        "unit": "operations",
        "arrivals": "even",
        "mix": "launch-day",
        "benefits": ["scottish-child-payment", "best-start-foods"],
        "phases": [
            {"name": name, "seconds": seconds, "per_second": [first, last], **PHASE}
            for name, seconds, first, last in phases
        ],
    }
    return LaunchProfile.model_validate(document | changed)


def mix_of(**percent: float) -> LaunchMix:
    return LaunchMix.model_validate({"name": "made-up", "percent": percent, "agents_percent": 0, **PHASE})


def schedule_of(
    launch: LaunchProfile,
    seed: int = 1,
    run: str = "run",
    *,
    rate_scale: float = 1.0,
    duration_scale: float = 1.0,
) -> Schedule:
    return Schedule(launch, CATALOGUE.mixes[launch.mix], seed, run, rate_scale, duration_scale)

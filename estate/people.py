"""Whom people meet: the services that what they ask for goes through."""

from catalogue import Estate
from load_tests.plan import EVIDENCE_SERVICE
from stacks.physical_names import cell_service

__all__ = ["path_of_people"]


def path_of_people(estate: Estate) -> tuple[str, ...]:
    """ECS services that a person's operation goes through: the portal, the cells, and what cells call."""
    called = [it for it in estate.workload.depends_on.services if it != EVIDENCE_SERVICE]
    services = [it for it in ("portal", *called, EVIDENCE_SERVICE) if it in estate.services]
    return (*services, *(cell_service(it) for it in estate.cells))

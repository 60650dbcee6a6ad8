"""Whether security groups let a node connect to a target, and people to a node. Pure."""

from collections.abc import Iterable

from twin.runtime.load_balancer.listening import listener_port
from twin.runtime.load_balancer.model import Target
from twin.runtime.load_balancer.targets import Key
from twin.runtime.network.ways import ClosedWays

__all__ = ["admits_person", "admits_target"]


def admits_target(closed: ClosedWays, zone: str, target: Target, known: Iterable[Key]) -> bool:
    """Whether the node in the zone may connect to the target, whichever of the groups that know it leads there.

    Args: target: a task's address, with the port of requests or that of health checks.
    """
    if not closed.targets:
        return True
    names = {name for name, it in known if it.address == target.address}
    return not any((zone, name, target.port) in closed.targets for name in names)


def admits_person(closed: ClosedWays, zone: str, port: int) -> bool:
    """Whether people may connect to the node in the zone.

    Args: port: at which it listens on this machine. Of the one at which a node says that it is there, which is the
        twin's own, security groups know nothing.
    """
    return all((at, listener_port(it)) != (zone, port) for at, it in closed.listeners)

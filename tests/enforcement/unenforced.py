"""`python -m tests.enforcement.unenforced emulator|supervisor ...`: the twin's two processes, judging nobody.

The twin itself has no switch for this, on purpose: where enforcement can be turned off, it one day is. A benchmark
needs something to compare with, so here the two places that judge are replaced.
"""

import sys
from collections.abc import Sequence
from typing import Any

__all__ = ["main"]


def main(arguments: Sequence[str]) -> int:
    """Runs as long as the process that it stands in for."""
    kind, *rest = arguments
    return {"emulator": _emulator, "supervisor": _supervisor}[kind](rest)


def _emulator(arguments: Sequence[str]) -> int:
    """Every session may do everything."""
    from twin.aws.emulator.environment import prepare

    # Before anything loads moto, which reads its settings once.
    prepare()
    from twin.aws.emulator.__main__ import main as emulate
    from twin.aws.emulator.authorization.gate import Gate

    _replace(Gate, "admit", lambda self, environ, service: None)
    sys.argv = ["python -m tests.enforcement.unenforced", *arguments]
    return emulate()


def _supervisor(arguments: Sequence[str]) -> int:
    """Security groups, network ACLs, routes and endpoints close nothing."""
    from twin.runtime.__main__ import main as supervise
    from twin.runtime.network.part import NetworkPart

    _replace(NetworkPart, "_evaluate", lambda self: None)
    return supervise(arguments)


def _replace(owner: type, name: str, by: Any) -> None:
    if not hasattr(owner, name):
        raise AttributeError(f"{owner.__name__} has no {name} any more. Replace what judges instead of it.")
    setattr(owner, name, by)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

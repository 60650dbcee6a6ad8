"""What keeps the data plane from running.

EstateError
└── RuntimeFailure
    ├── PartMissing         a server that the twin needs is not there, or not in a version that it knows
    ├── NoAddressesLeft     every block of loopback addresses is taken by another twin
    ├── ZoneIsOff           something was to be started in a zone without power
    ├── SupervisorNotReady  it did not answer in time, or ended before it did
    ├── ControlPlaneAway    the emulator does not answer; what runs goes on
    └── ClockFactorWrong    waits cannot be shortened by it
"""

from collections.abc import Sequence

from engine.exceptions import EstateError

__all__ = [
    "ClockFactorWrong",
    "ControlPlaneAway",
    "NoAddressesLeft",
    "PartMissing",
    "RuntimeFailure",
    "SupervisorNotReady",
    "ZoneIsOff",
]


class RuntimeFailure(EstateError):
    """The data plane cannot do what it was asked to."""


class PartMissing(RuntimeFailure):
    def __init__(self, part: str, why: str, setting: str) -> None:
        self.part = part
        super().__init__(f"{part} cannot be used: {why}. Run 'make setup', or set {setting} to another one.")


class NoAddressesLeft(RuntimeFailure):
    def __init__(self, blocks: int) -> None:
        super().__init__(
            f"All {blocks} blocks of loopback addresses are taken by other twins. Take one of them down first."
        )


class ZoneIsOff(RuntimeFailure):
    def __init__(self, zone: str, name: str) -> None:
        self.zone = zone
        super().__init__(f"{name} cannot start in {zone}: the zone has no power.")


class SupervisorNotReady(RuntimeFailure):
    def __init__(self, what: str, last_lines: Sequence[str] = ()) -> None:
        tail = "".join(f"\n  {line}" for line in last_lines)
        super().__init__(
            f"The twin's supervisor is not ready: {what}. Its log ends with:{tail or ' nothing'}"
        )


class ControlPlaneAway(RuntimeFailure):
    def __init__(self, why: str) -> None:
        super().__init__(f"The emulated control plane does not answer: {why}.")


class ClockFactorWrong(RuntimeFailure):
    def __init__(self, rule: str, given: float) -> None:
        self.given = given
        super().__init__(
            f"A clock factor {rule}; got {given:g}. 1 is real time, 0.1 makes waits a tenth as long."
        )

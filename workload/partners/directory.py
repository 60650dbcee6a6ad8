"""Which partners there are, how they are reached, and how many calls they take."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from workload.partners.exceptions import SettingsInvalid

__all__ = ["CENTRAL_PAYMENTS_PARTNER", "Directory", "Partner", "Transport", "read_partners"]

CENTRAL_PAYMENTS_PARTNER = "dwp"
"""DWP runs the Central Payments System (`catalogue/partners.yaml` says so too)."""

ANSWER_SECONDS = 0.5
"""Until a file or a message is answered: an assumption. Real ones take from minutes to days."""


class Transport(StrEnum):
    API = "api"
    FILE = "file"
    MESSAGING = "messaging"


@dataclass(frozen=True)
class Partner:
    """One partner.

    Attributes:
        transports: by which it is reached. calls_per_second: that it takes; None for any number.
        answer_seconds: until it has answered a file or a message.
    """

    name: str
    transports: frozenset[Transport] = frozenset(Transport)
    calls_per_second: float | None = None
    answer_seconds: float = ANSWER_SECONDS

    @property
    def makes_payments(self) -> bool:
        return self.name == CENTRAL_PAYMENTS_PARTNER


@dataclass
class Directory:
    """The partners of a settings file, read again when the file changes; any partner at all without one.

    A file that cannot be used changes nothing: the partners stay as they were, and `complaint` says why.
    """

    settings: Path | None = None
    complaint: str | None = field(default=None, init=False)
    _partners: Mapping[str, Partner] = field(default_factory=dict[str, Partner], init=False)
    _seen: tuple[int, int] | None = field(default=None, init=False)

    def find(self, name: str) -> Partner | None:
        """The partner of that name, or None where the settings have none."""
        if self.settings is None:
            return Partner(name)
        self._refresh(self.settings)
        return self._partners.get(name)

    def _refresh(self, settings: Path) -> None:
        try:
            stat = settings.stat()
            version = (stat.st_mtime_ns, stat.st_ino)
            if version == self._seen:
                return
            self._seen = version
            self._partners = read_partners(settings.read_text())
            self.complaint = None
        except (OSError, SettingsInvalid) as error:
            self.complaint = f"{settings} cannot be used: {error}"


def read_partners(text: str) -> dict[str, Partner]:
    """Partners by name, from `{"partners": {NAME: {"transport", "calls_per_second", "answer_seconds"}}}`.

    Raises: SettingsInvalid.
    """
    try:
        return {name: _partner(name, it) for name, it in json.loads(text)["partners"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsInvalid(
            f'Settings are {{"partners": {{NAME: {{"transport": …, "calls_per_second": …}}}}}}, got {error!r}.'
        ) from error


def _partner(name: str, settings: Mapping[str, Any]) -> Partner:
    calls = settings.get("calls_per_second")
    if calls is not None and float(calls) <= 0:
        raise SettingsInvalid(
            f"A budget is more than 0 calls a second, got {calls!r} for {name!r}. Leave it out for any."
        )
    return Partner(
        name=name,
        transports=frozenset([Transport(settings["transport"])]),
        calls_per_second=None if calls is None else float(calls),
        answer_seconds=float(settings.get("answer_seconds", ANSWER_SECONDS)),
    )

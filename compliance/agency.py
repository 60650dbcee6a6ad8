"""What the policies need to know of the agency, and the catalogue decides."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

__all__ = ["Agency", "DataClassRules"]


@dataclass(frozen=True)
class DataClassRules:
    """What a class of data asks for.

    Attributes:
        regions: the regions in which it may exist.
        log_retention_days, backup_days: at least so long.
    """

    regions: Sequence[str]
    log_retention_days: int
    backup_days: int
    is_about_people: bool


@dataclass(frozen=True)
class Agency:
    """Attributes:
    owners: who may own something.
    partner_services: services that call partners, which are anywhere.
    data_classes: rules by name.
    global_regions: where AWS keeps what its edge needs; nothing about a person may be there.
    """

    owners: Sequence[str]
    data_classes: Mapping[str, DataClassRules]
    partner_services: Sequence[str] = ()
    global_regions: Sequence[str] = ("us-east-1",)

    def to_json(self) -> str:
        """One line, the same for the same agency."""
        return json.dumps(asdict(self), sort_keys=True)

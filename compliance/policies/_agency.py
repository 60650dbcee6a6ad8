"""What the catalogue says, as it was handed to this process."""

import json
import os
from functools import cache
from typing import Any

__all__ = ["agency", "data_class_rules"]

VARIABLE = "ESTATE_AGENCY"


@cache
def agency() -> dict[str, Any]:
    """The fields of `compliance.agency.Agency`. Raises: KeyError where nobody handed them over."""
    return json.loads(os.environ[VARIABLE])


def data_class_rules(name: str | None) -> dict[str, Any] | None:
    """What a class of data asks for; None for a class that the catalogue does not have."""
    return agency()["data_classes"].get(name)


agency()  # a process without it could judge nothing: it fails where the policies are loaded, which the gate sees

"""What every entry of the catalogue has in common: it is read whole, and does not change afterwards."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

__all__ = ["Count", "Entry", "Flag", "Month", "Percent", "Positive", "Sentence", "Slug", "Text"]

# Slugs become parts of AWS names, PostgreSQL role names (63 bytes) and URLs; 48 leaves room for prefixes.
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=48)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Sentence = Annotated[str, StringConstraints(pattern=r"(?s)^[A-Z0-9].{9,}[.]\s*$", strip_whitespace=True)]
Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
# Strict, because pydantic would otherwise take "3", 3.0 and true for the number 3.
Count = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[int, Field(strict=True, ge=1)]
Percent = Annotated[float, Field(strict=True, gt=0, le=100)]
Flag = StrictBool


class Entry(BaseModel):
    """One entry, or a part of one. A key that the model does not have is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

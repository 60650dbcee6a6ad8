"""What AWS's own policies say, as far as a copy of them is at hand."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

__all__ = ["document_of"]

_PREFIX = "arn:aws:iam::aws:policy/"


def document_of(arn: str) -> Mapping[str, Any] | None:
    """The document of a policy that AWS keeps; None where the copy does not have it.

    Source: the copy in moto (moto/iam/aws_managed_policies.py), which its makers take from IAM's own answers.
    """
    if not arn.startswith(_PREFIX):
        return None
    entry = _copy().get(arn.rpartition("/")[2])
    return entry["Document"] if entry else None


@cache
def _copy() -> Mapping[str, Any]:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    return json.loads(aws_managed_policies_data)

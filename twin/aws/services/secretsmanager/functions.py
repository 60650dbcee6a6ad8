"""Functions of Secrets Manager."""

from collections.abc import Mapping
from typing import Any

from twin.aws.functions import Function, Invocation
from twin.aws.mapping import Naming, to_shape
from twin.aws.shapes import input_shape

__all__ = ["FUNCTIONS", "random_password"]

_TOKEN = "aws:secretsmanager/getRandomPassword:getRandomPassword"


def random_password(invocation: Invocation) -> Mapping[str, Any]:
    """A password that nobody has: another one at every call, as on AWS."""
    shape = input_shape("secretsmanager", "get_random_password")
    assert shape is not None
    asked = {name: value for name, value in invocation.arguments.items() if name != "region"}
    answer = invocation.api("secretsmanager", "get_random_password", **to_shape(asked, shape, Naming(_TOKEN)))
    # Terraform gives the data source the password itself as its id; an id is not secret, so it is not told here.
    return {"id": _TOKEN, "randomPassword": answer["RandomPassword"]}


FUNCTIONS: dict[str, Function] = {_TOKEN: random_password}

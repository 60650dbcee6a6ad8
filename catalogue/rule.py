"""How a model says that its own values break a rule, so that the sentence reaches the reader whole."""

from pydantic_core import PydanticCustomError

__all__ = ["broken"]


def broken(rule: str, value: object, allowed: str, field: str = "") -> PydanticCustomError:
    """The error that a validator raises. `field` is where inside the model, if not the model as a whole."""
    context = {"rule": rule, "value": value, "allowed": allowed, "field": field}
    return PydanticCustomError("rule", "{rule}", context)

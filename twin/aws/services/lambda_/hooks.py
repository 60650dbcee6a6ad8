"""What the table cannot say of Lambda."""

import json

from twin.aws.step import Step

__all__ = ["find_statement"]


def find_statement(step: Step) -> None:
    """The item is this statement of the function's policy, named as by the call that adds it."""
    statements = json.loads(step.item["Policy"])["Statement"]
    found = next((statement for statement in statements if statement.get("Sid") == step.id), None)
    step.item = found and {
        "StatementId": found["Sid"],
        "Action": found["Action"],
        "Principal": _principal(found["Principal"]),
        "SourceArn": _condition(found, "ArnLike", "AWS:SourceArn"),
        "SourceAccount": _condition(found, "StringEquals", "AWS:SourceAccount"),
    }


def _principal(principal: object) -> object:
    """Lambda writes a service or an account as IAM does; an account's ARN names its root."""
    value = next(iter(principal.values())) if isinstance(principal, dict) else principal
    return value.split(":")[4] if isinstance(value, str) and value.endswith(":root") else value


def _condition(statement: dict[str, dict[str, dict[str, str]]], operator: str, key: str) -> str | None:
    return statement.get("Condition", {}).get(operator, {}).get(key)

"""IAM policy documents, as Terraform's data source writes them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["policy_document"]

_MEMBERS = {
    "actions": "Action",
    "notActions": "NotAction",
    "resources": "Resource",
    "notResources": "NotResource",
}
_PRINCIPALS = {"principals": "Principal", "notPrincipals": "NotPrincipal"}


def policy_document(given: Mapping[str, Any]) -> dict[str, Any]:
    """The document. Args: given: arguments of aws:iam/getPolicyDocument, camelCase."""
    documents = [
        *(json.loads(source) for source in given.get("sourcePolicyDocuments") or []),
        {"Statement": [_statement(one) for one in given.get("statements") or []]},
        *(json.loads(override) for override in given.get("overridePolicyDocuments") or []),
    ]
    head = {"Version": given.get("version") or "2012-10-17"}
    if given.get("policyId"):
        head["Id"] = given["policyId"]
    return {**head, "Statement": _merged(documents)}


def _merged(documents: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """All statements in order; one with a known Sid takes the place of the earlier one."""
    merged: list[Mapping[str, Any]] = []
    for document in documents:
        statements = document.get("Statement") or []
        for statement in statements if isinstance(statements, list) else [statements]:
            places = [place for place, other in enumerate(merged) if _same_sid(statement, other)]
            merged[slice(places[0], places[0] + 1) if places else slice(len(merged), None)] = [statement]
    return merged


def _same_sid(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(one.get("Sid")) and one.get("Sid") == other.get("Sid")


def _statement(given: Mapping[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": given["sid"]} if given.get("sid") else {}
    statement["Effect"] = given.get("effect") or "Allow"
    for name, member in _MEMBERS.items():
        if given.get(name):
            statement[member] = _one_or_many(sorted(given[name], reverse=True))
    for name, member in _PRINCIPALS.items():
        if given.get(name):
            statement[member] = _principals(given[name])
    if given.get("conditions"):
        statement["Condition"] = _conditions(given["conditions"])
    return statement


def _principals(given: Sequence[Mapping[str, Any]]) -> Any:
    by_type: dict[str, list[str]] = {}
    for principal in given:
        by_type.setdefault(principal["type"], []).extend(principal["identifiers"])
    if by_type == {"*": ["*"]}:
        return "*"
    return {
        kind: _one_or_many(sorted(identifiers, reverse=True)) for kind, identifiers in sorted(by_type.items())
    }


def _conditions(given: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    by_test: dict[str, dict[str, Any]] = {}
    for condition in given:
        values = _one_or_many(list(condition["values"]))
        by_test.setdefault(condition["test"], {})[condition["variable"]] = values
    return by_test


def _one_or_many(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values

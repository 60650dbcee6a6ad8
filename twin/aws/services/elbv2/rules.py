"""Conditions of listener rules: Pulumi names the kind by the property, AWS by a field and a configuration."""

from collections.abc import Mapping
from typing import Any

__all__ = ["conditions", "declared_conditions"]

KINDS = {
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "httpHeader": ("http-header", "HttpHeaderConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "queryStrings": ("query-string", "QueryStringConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
}


def conditions(given: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """AWS's conditions."""
    return [_condition(kind, value) for one in given for kind, value in one.items() if value]


def _condition(kind: str, value: Any) -> dict[str, Any]:
    field, configuration = KINDS[kind]
    return {
        "Field": field,
        configuration: {"Values": value} if kind == "queryStrings" else value,
    }


def declared_conditions(found: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Pulumi's conditions."""
    kind_by_field = {field: (kind, configuration) for kind, (field, configuration) in KINDS.items()}
    result: list[dict[str, Any]] = []
    for one in found:
        kind, configuration = kind_by_field[one["Field"]]
        value = one.get(configuration) or {"Values": one.get("Values", [])}
        result.append({kind: value["Values"] if kind == "queryStrings" else value})
    return result

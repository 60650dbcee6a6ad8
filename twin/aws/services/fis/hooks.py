"""Pulumi has actions, targets and their parameters as lists of named things; FIS has them by name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["actions_by_name", "actions_listed", "targets_by_name", "targets_listed"]

Properties = Mapping[str, Any]


def actions_by_name(actions: Sequence[Properties]) -> dict[str, Any]:
    return {action["name"]: _action(action) for action in actions}


def _action(action: Properties) -> dict[str, Any]:
    target = action.get("target")
    return {
        **_without(action, ("name", "parameters", "startAfters", "target")),
        **_present("parameters", _by_key(action.get("parameters"))),
        **_present("startAfter", action.get("startAfters")),
        **_present("targets", _by_key([target] if target else [])),
    }


def targets_by_name(targets: Sequence[Properties]) -> dict[str, Any]:
    return {target["name"]: _target(target) for target in targets}


def _target(target: Properties) -> dict[str, Any]:
    return {
        **_without(target, ("name", "resourceTags")),
        **_present("resourceTags", _by_key(target.get("resourceTags"))),
    }


def actions_listed(actions: Mapping[str, Properties]) -> list[dict[str, Any]]:
    return [
        {
            **_without(action, ("parameters", "startAfter", "targets")),
            "name": name,
            **_present("parameters", _listed(action.get("parameters"))),
            **_present("startAfters", action.get("startAfter")),
            **_present("target", next(iter(_listed(action.get("targets"))), None)),
        }
        for name, action in sorted(actions.items())
    ]


def targets_listed(targets: Mapping[str, Properties]) -> list[dict[str, Any]]:
    return [
        {
            **_without(target, ("resourceTags",)),
            "name": name,
            **_present("resourceTags", _listed(target.get("resourceTags"))),
        }
        for name, target in sorted(targets.items())
    ]


def _without(properties: Properties, names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name not in names and value is not None}


def _present(name: str, value: Any) -> dict[str, Any]:
    return {name: value} if value else {}


def _by_key(pairs: Sequence[Properties] | None) -> dict[str, Any]:
    return {pair["key"]: pair["value"] for pair in pairs or []}


def _listed(values: Properties | None) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in sorted((values or {}).items())]

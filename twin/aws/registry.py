"""All rows and functions: every package of `twin.aws.services` brings its own."""

import importlib.util
import pkgutil
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import ModuleType

from engine.exceptions import UnsupportedResource
from twin.aws import services
from twin.aws.functions import Function
from twin.aws.resource import Resource

__all__ = ["functions", "resource", "resources"]


def _modules(role: str) -> Iterator[ModuleType]:
    """The module of that role of every service that has one."""
    for package in sorted(pkgutil.iter_modules(services.__path__), key=lambda package: package.name):
        name = f"{services.__name__}.{package.name}"
        if importlib.util.find_spec(f"{name}.{role}"):
            yield importlib.import_module(f"{name}.{role}")


@lru_cache(maxsize=1)
def resources() -> Mapping[str, Resource]:
    """Rows by type token."""
    rows: dict[str, Resource] = {}
    for module in _modules("resources"):
        for row in module.RESOURCES:
            if rows.setdefault(row.token, row) is not row:
                raise ValueError(f"{row.token} has two rows; the second is in {module.__name__}.")
    return rows


@lru_cache(maxsize=1)
def functions() -> Mapping[str, Function]:
    """Provider functions by token."""
    return {token: answer for module in _modules("functions") for token, answer in module.FUNCTIONS.items()}


def resource(type_token: str) -> Resource:
    try:
        return resources()[type_token]
    except KeyError:
        raise UnsupportedResource(type_token) from None

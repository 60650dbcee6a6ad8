"""A boto3 client of the fake estate: its operations are methods, and each has one page."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.runbooks.fake_estate import FakeEstate

__all__ = ["FakeClient"]


class FakeClient:
    def __init__(self, estate: "FakeEstate", region: str) -> None:
        self.estate, self.region = estate, region

    def get_paginator(self, operation: str) -> Any:
        return _Paginator(getattr(self, operation))


class _Paginator:
    def __init__(self, operation: Callable[..., Any]) -> None:
        self._operation = operation

    def paginate(self, **given: Any) -> list[Any]:
        return [self._operation(**given)]

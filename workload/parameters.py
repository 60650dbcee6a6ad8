"""Parameters below a path, read again from time to time, so that what is added to them needs no new task."""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from workload.aws import Aws

__all__ = ["ParameterSource", "Parameters"]


class ParameterSource(Protocol):
    async def below(self, path: str) -> Mapping[str, Any]:
        """Documents by the rest of their names."""
        ...


class Parameters:
    """Parameter Store, whose values are JSON documents here."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    async def below(self, path: str) -> Mapping[str, Any]:
        """Documents by the rest of their names, however deep; one that cannot be read is left out.

        Raises: DependencyAway: Parameter Store does not answer.
        """
        found: dict[str, Any] = {}
        more: dict[str, str] = {}
        while True:
            page = await self._aws.call(
                "ssm",
                "get_parameters_by_path",
                dependency="parameters",
                Path=path,
                Recursive=True,
                WithDecryption=True,
                **more,
            )
            for parameter in page["Parameters"]:
                document = _document(parameter["Value"])
                if document is not None:
                    found[parameter["Name"].removeprefix(path).strip("/")] = document
            if not page.get("NextToken"):
                return found
            more = {"NextToken": page["NextToken"]}


def _document(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return None

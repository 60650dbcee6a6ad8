"""`estate permissions`: what roles were refused, and what they were granted and have never used."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from catalogue import load_estate
from catalogue.environment import Kind
from estate.exceptions import NotUp, OnTwinsOnly
from estate.places import Places
from estate.refusals import roles_of
from twin.aws.emulator.process import find

__all__ = ["Permissions", "run"]

_WHERE_ON_AWS = "IAM's last accessed information and CloudTrail tell it on AWS."


@dataclass(frozen=True)
class Permissions:
    """Attributes: roles: as the twin counted them since its control plane began, with their name."""

    environment: str
    roles: Sequence[Mapping[str, Any]]

    @property
    def holds(self) -> bool:
        return not any(role["refused"] for role in self.roles)

    def to_json(self) -> Mapping[str, Any]:
        return {
            "environment": self.environment,
            "refused": list(self._refused()),
            "unused": list(self._unused()),
            "roles": list(self.roles),
        }

    def show(self, console: Console) -> None:
        refused, unused = list(self._refused()), list(self._unused())
        if refused:
            console.print(_table("refused", refused, ("role", "action", "resource", "count", "reason")))
        if unused:
            rows = [row | {"actions": " ".join(row["actions"])} for row in unused]
            console.print(_table("granted, and never used", rows, ("role", "sid", "actions")))
        acted = sum(any(it["allowed"] for it in role["statements"]) for role in self.roles)
        console.print(
            f"{self.environment}: {len(refused)} calls refused. {acted} of {len(self.roles)} roles have acted "
            "since the control plane began; what they have not used may be needed by a failover, a rotation or a drill."
        )

    def _refused(self) -> Iterator[Mapping[str, Any]]:
        for role in self.roles:
            yield from ({"role": role["name"], **it} for it in role["refused"])

    def _unused(self) -> Iterator[dict[str, Any]]:
        """Of roles that have acted; the others have used nothing."""
        for role in self.roles:
            if any(it["allowed"] for it in role["statements"]):
                yield from ({"role": role["name"], **it} for it in role["unused"])


def run(environment: str) -> Permissions:
    """Raises: OnTwinsOnly; NotUp: no control plane answers."""
    estate = load_estate(environment)
    if estate.environment.kind is Kind.AWS:
        raise OnTwinsOnly("permissions", environment, _WHERE_ON_AWS)
    emulator = find(Places.of(environment).folder)
    if emulator is None:
        raise NotUp(f"{environment!r} is not up. Run 'estate up {environment}' first.")
    return Permissions(environment, roles_of(emulator.endpoint))


def _table(title: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Table:
    table = Table(*columns, title=title, title_justify="left", box=None)
    for row in rows:
        table.add_row(*(str(row[name]) for name in columns))
    return table

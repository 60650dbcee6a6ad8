"""The whole catalogue: loaded, and checked entry by entry and entry against entry."""

import os
from dataclasses import dataclass, fields
from pathlib import Path

from catalogue.benefit import Demand
from catalogue.cell import CellWorkload
from catalogue.checks import CHECKS, SIZE_CHECKS
from catalogue.entries import Draft, Entries
from catalogue.estate import Estate, resolve
from catalogue.exceptions import CatalogueInvalid, CatalogueUnreadable, Problem, UnknownEnvironment
from catalogue.reading import read_draft
from catalogue.wording import choice

__all__ = ["CATALOGUE_VARIABLE", "Catalogue", "load_catalogue"]

CATALOGUE_VARIABLE = "ESTATE_CATALOGUE"
"""Environment variable that points at another catalogue's folder, so that a changed copy can be tried."""


@dataclass(frozen=True, kw_only=True)
class Catalogue(Entries):
    """Everything that the agency runs, with every reference resolved to something that is there."""

    workload: CellWorkload
    """What the tasks of every cell are."""

    def estate(self, environment: str) -> Estate:
        """The resolved view of one environment.

        Raises: UnknownEnvironment, with the names there are.
        """
        if environment not in self.environments:
            rule, allowed = (
                "The environment must be one that is known",
                choice(environment, self.environments),
            )
            raise UnknownEnvironment([Problem("environments.yaml", None, "", "", environment, rule, allowed)])
        return resolve(self, self.workload, self.environments[environment])

    def demand(self, benefit: str) -> Demand:
        """The benefit's own demand, or its cell's."""
        entry = self.benefits[benefit]
        return entry.demand or self.cells[entry.cell].demand

    def cost_centre(self, owner: str) -> str:
        """Where what an owner has is booked."""
        return self.owners[owner].cost_centre


def load_catalogue(directory: Path | None = None) -> Catalogue:
    """The catalogue in `directory`, by default this package's own or the one that ESTATE_CATALOGUE points at.

    Raises: CatalogueUnreadable where a file is not there, CatalogueInvalid with all that is wrong.
    """
    draft, problems = read_draft(_existing(directory or _default_directory()))
    problems += [problem for check in CHECKS for problem in check(draft)]
    problems += [problem for check in SIZE_CHECKS if not problems for problem in check(draft)]
    if problems or draft.workload is None:
        raise CatalogueInvalid(problems)
    return _catalogue(draft, draft.workload)


def load_estate(environment: str) -> Estate:
    """The environment's part of the catalogue that `load_catalogue` finds.

    Raises: CatalogueError: the environment is unknown, or the catalogue cannot be read or breaks its rules.
    """
    return load_catalogue().estate(environment)


def _default_directory() -> Path:
    chosen = os.environ.get(CATALOGUE_VARIABLE)
    return Path(chosen) if chosen else Path(__file__).parent


def _existing(directory: Path) -> Path:
    if not directory.is_dir():
        rule = "The catalogue must be a folder"
        allowed = f"Mend or unset {CATALOGUE_VARIABLE}, or restore the folder."
        raise CatalogueUnreadable([Problem(directory.name, None, "", "", str(directory), rule, allowed)])
    return directory


def _catalogue(draft: Draft, workload: CellWorkload) -> Catalogue:
    sections = {field.name: getattr(draft, field.name) for field in fields(Entries)}
    return Catalogue(**sections, workload=workload)

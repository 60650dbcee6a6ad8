"""What is asked for fits: connections into databases, tasks into machines, and every scale has its counts."""

from collections.abc import Iterator

from catalogue.cell import Cell
from catalogue.entries import Draft
from catalogue.environment import TaskLimits
from catalogue.estate import Estate, cells_in, resolve, services_in
from catalogue.exceptions import Problem
from catalogue.service import Service

__all__ = ["connection_problems", "scale_problems", "task_problems"]


def connection_problems(draft: Draft) -> Iterator[Problem]:
    """Budgets that leave a task without a connection, or that a database cannot honour together."""
    for section, users in (("services", draft.services), ("cells", draft.cells)):
        for name, user in users.items():
            yield from _starved(draft, section, name, user)
    for name, database in draft.databases.items():
        budget_by_user = dict(_budgets(draft, name))
        total = sum(budget_by_user.values())
        if total > database.connections:
            rule = f"A database must have a connection for every budget, and they come to {total}"
            budgets = ", ".join(f"{user} {budget}" for user, budget in budget_by_user.items())
            allowed = f"Raise it, or lower a budget: {budgets}."
            yield draft.sources.problem("databases", name, "connections", database.connections, rule, allowed)


def _starved(draft: Draft, section: str, name: str, user: Cell | Service) -> Iterator[Problem]:
    most = max(counts.maximum for counts in user.scaling.counts.values())
    if 0 < user.connection_budget < most:
        rule = f"A connection budget must give each of at most {most} tasks a connection"
        allowed = f"Choose {most} or more, or lower scaling.counts."
        yield draft.sources.problem(section, name, "connection_budget", user.connection_budget, rule, allowed)


def _budgets(draft: Draft, database: str) -> Iterator[tuple[str, int]]:
    for name, cell in draft.cells.items():
        if cell.database == database:
            yield name, cell.connection_budget
    for name, service in draft.services.items():
        if database in service.stores.databases:
            yield name, service.connection_budget


def scale_problems(draft: Draft) -> Iterator[Problem]:
    """Cells and services that an environment has and that say nothing about its scale."""
    for environment in draft.environments.values():
        present = (("cells", cells_in(draft, environment)), ("services", services_in(draft, environment)))
        for section, users in present:
            for name, user in users.items():
                if environment.scale not in user.scaling.counts:
                    rule = f"Counts must be given for the scale of {environment.name!r}"
                    allowed = f"Add {environment.scale!r}, or leave {name!r} out of {environment.name!r}."
                    given = sorted(user.scaling.counts)
                    yield draft.sources.problem(section, name, "scaling.counts", given, rule, allowed)


def task_problems(draft: Draft) -> Iterator[Problem]:
    """Environments that ask for more tasks than they can carry."""
    for name, environment in draft.environments.items():
        if draft.workload is None or environment.task_limits is None:
            continue
        estate = resolve(draft, draft.workload, environment)
        for field, asked, limit in _asked(estate, environment.task_limits):
            if asked > limit:
                rule = f"The tasks that services and cells ask for, {asked}, must be within the limit"
                allowed = "Lower counts of this scale, or raise the limit if the machine can carry more."
                yield draft.sources.problem(
                    "environments", name, f"task_limits.{field}", limit, rule, allowed
                )


def _asked(estate: Estate, limits: TaskLimits) -> Iterator[tuple[str, int, int]]:
    standby = estate.task_total("standby").desired
    yield "at_rest", estate.task_total("primary").desired + standby, limits.at_rest
    yield "at_rest_standby", standby, limits.at_rest_standby
    yield "in_all", _most_at_once(estate) + standby, limits.in_all


def _most_at_once(estate: Estate) -> int:
    """Every service and the cell that can grow most at their maximum: one launch at a time."""
    services = sum(estate.tasks(name, "primary").maximum for name in estate.services)
    cells = [estate.tasks(name, "primary") for name in estate.cells]
    growth = max((count.maximum - count.desired for count in cells), default=0)
    return services + sum(count.desired for count in cells) + growth

"""Services do not wait for each other in a circle, and say what they do when what they wait for is away."""

from collections.abc import Iterator, Mapping, Sequence

from catalogue.cell import OWN_RESOURCES
from catalogue.entries import STORE_SECTIONS, Draft
from catalogue.exceptions import MISSING, Problem
from catalogue.wording import choice

__all__ = ["problems"]


def problems(draft: Draft) -> Iterator[Problem]:
    """Cycles of dependencies, and contracts that cover too little or too much."""
    yield from _cycles(draft)
    for name, service in draft.services.items():
        yield from _contract(draft, "services", name, service.dependencies, service.degradation)
    workload = draft.workload
    if workload is not None:
        yield from _contract(draft, "workload", "", workload.dependencies, workload.degradation)


def _cycles(draft: Draft) -> Iterator[Problem]:
    services_by_caller = {name: service.depends_on.services for name, service in draft.services.items()}
    for cycle in sorted(_closed_paths(services_by_caller)):
        path = " -> ".join((*cycle, cycle[0]))
        field = f"depends_on.services.{services_by_caller[cycle[0]].index(cycle[1 % len(cycle)])}"
        rule = "Services must not depend on each other in a circle"
        allowed = "Take one of these dependencies away; let that service send through a queue or an event."
        yield draft.sources.problem("services", cycle[0], field, path, rule, allowed)


def _closed_paths(targets_by_node: Mapping[str, Sequence[str]]) -> set[tuple[str, ...]]:
    """A cycle for every edge that closes one, each beginning with its first name in the alphabet."""
    found: set[tuple[str, ...]] = set()
    done: set[str] = set()

    def visit(node: str, path: tuple[str, ...]) -> None:
        if node in path:
            found.add(_from_first(path[path.index(node) :]))
        elif node not in done:
            for target in targets_by_node.get(node, ()):
                visit(target, (*path, node))
            done.add(node)

    for node in sorted(targets_by_node):
        visit(node, ())
    return found


def _known(draft: Draft) -> set[str]:
    sections = ("services", *STORE_SECTIONS, "partner_kinds")
    return set(OWN_RESOURCES).union(*(draft.sources.declared(section) for section in sections))


def _from_first(cycle: tuple[str, ...]) -> tuple[str, ...]:
    start = cycle.index(min(cycle))
    return cycle[start:] + cycle[:start]


def _contract(
    draft: Draft, section: str, name: str, dependencies: Sequence[str], contract: Mapping[str, str]
) -> Iterator[Problem]:
    if not _known(draft).issuperset(dependencies):
        return  # a misspelt dependency has been reported, and its contract is probably right
    who = repr(name) if name else "a cell"
    for dependency in dict.fromkeys(dependencies):
        if dependency not in contract:
            rule = "The degradation contract must cover every dependency"
            allowed = f"Add a sentence that says what {who} still does without {dependency!r}."
            yield draft.sources.problem(section, name, f"degradation.{dependency}", MISSING, rule, allowed)
    for named in contract:
        if named not in dependencies:
            rule = "The degradation contract must name dependencies only"
            allowed = choice(named, dependencies)
            yield draft.sources.problem(section, name, f"degradation.{named}", named, rule, allowed)

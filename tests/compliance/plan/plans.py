"""The plan of a Python function that is a Pulumi program, made in this process."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from compliance.graph import Graph
from compliance.plan import Plan, plan_of
from engine.session import StackRun
from tests.engine.programs import STACK, World, preview

__all__ = ["expressions", "plan", "run", "values"]


def run(program: Callable[[], Any], world: World, stack: str = STACK) -> StackRun:
    return StackRun(stack, preview(program, world).deployment)


def plan(program: Callable[[], Any], folder: Path, config: Mapping[str, str] | None = None) -> Plan:
    world = World(folder, config={"aws:region": "eu-west-2", **(config or {})})
    return plan_of(Graph.of([run(program, world)], Path(__file__).parent))


def values(plan: Plan, address: str) -> Mapping[str, Any]:
    """What the plan says of the resource, without its region."""
    [found] = [
        it for it in plan.document["planned_values"]["root_module"]["resources"] if it["address"] == address
    ]
    return {key: it for key, it in found["values"].items() if key != "region"}


def expressions(plan: Plan, address: str) -> Mapping[str, Any]:
    [found] = [
        it for it in plan.document["configuration"]["root_module"]["resources"] if it["address"] == address
    ]
    return found["expressions"]

"""Services: every cell and platform service, and what each benefit and partner adds to them."""

from collections.abc import Mapping
from graphlib import TopologicalSorter

from catalogue import Cell, Service
from components.private_service import PrivateService
from stacks.benefit import declare_benefit
from stacks.context import StackContext, export
from stacks.grants import cell_stores
from stacks.partner import declare_partner
from stacks.physical_names import cell_service
from stacks.workload import Workload, declare_workload

__all__ = ["declare"]


def declare(context: StackContext) -> None:
    """Registers the layer's stack of this region."""
    made: dict[str, PrivateService] = {}
    workloads = _workloads(context)
    for workload in _callees_first(workloads):
        made[workload.name] = declare_workload(context, workload, made)
    for benefit in context.estate.benefits.values():
        cell = made.get(cell_service(benefit.cell))
        if cell and context.stays_here(benefit.data_class):
            declare_benefit(context, benefit, cell)
    called = {kind for workload in workloads for kind in workload.partner_kinds}
    for partner in context.estate.partners.values():
        if partner.kind in called and context.stays_here(partner.data_class):
            declare_partner(context, partner)
    export(
        {
            "services": {
                name: {
                    "arn": it.service_arn,
                    "task_role_arn": it.task_role_arn,
                    "security_group_id": it.security_group_id,
                    "target_group_arn": it.target_group_arn,
                }
                for name, it in made.items()
            }
        }
    )


def _workloads(context: StackContext) -> list[Workload]:
    """What stands in this region: its data class decides."""
    services = [_of_service(it) for it in context.estate.services.values()]
    cells = [_of_cell(context, it) for it in context.estate.cells.values()]
    return [it for it in (*services, *cells) if context.stays_here(it.data_class)]


def _of_service(service: Service) -> Workload:
    return Workload(
        name=service.name,
        entry=service.name,
        role=service.role,
        tier=service.tier,
        data_class=service.data_class,
        owner=service.owner,
        port=service.port,
        size=service.size,
        scaling=service.scaling,
        stores=service.stores,
        calls=service.depends_on.services,
        partner_kinds=service.depends_on.partners,
        connection_budget=service.connection_budget,
        public=service.public,
        degradation=service.degradation,
    )


def _of_cell(context: StackContext, cell: Cell) -> Workload:
    shared = context.estate.workload
    return Workload(
        name=cell_service(cell.name),
        entry=cell.name,
        role=shared.role,
        tier=cell.tier,
        data_class=cell.data_class,
        owner=cell.owner,
        port=shared.port,
        size=cell.size,
        scaling=cell.scaling,
        stores=cell_stores(context, cell),
        calls=shared.depends_on.services,
        partner_kinds=shared.depends_on.partners,
        connection_budget=cell.connection_budget,
        degradation=shared.degradation,
        cell=cell.name,
    )


def _callees_first(workloads: list[Workload]) -> list[Workload]:
    """A service is declared after those that it calls: its rules name their security groups."""
    by_name: Mapping[str, Workload] = {it.name: it for it in workloads}
    calls = {name: [callee for callee in it.calls if callee in by_name] for name, it in by_name.items()}
    return [by_name[name] for name in TopologicalSorter(calls).static_order()]

"""The documents' VPC as the network part reads it, after a change that a test makes."""

import asyncio
import copy
from collections.abc import Callable

from tests.twin.runtime.fake_control_plane import FakeControlPlane
from tests.twin.runtime.network import documents
from tests.twin.runtime.network.documents import Document
from twin.runtime.network.declared import Declared
from twin.runtime.network.reading import read_vpcs
from twin.runtime.network.reading_declared import read_balancers, read_firewall, read_stores
from twin.runtime.network.reading_services import ServiceReading

Answers = dict[tuple[str, str], Document]
Change = Callable[[Answers], None]

REGION = "eu-west-2"


def read(*changes: Change) -> Declared:
    answers = {("ec2", operation): it for operation, it in documents.answers().items()}
    answers = copy.deepcopy(answers | documents.inhabitants())
    for change in changes:
        change(answers)
    return asyncio.run(_read(answers))


async def _read(answers: Answers) -> Declared:
    control_plane = FakeControlPlane()
    for (service, operation), answer in answers.items():
        control_plane.answers(service, operation, answer)
    plane = control_plane.plane
    balancers, groups = await read_balancers(plane, REGION)
    return Declared(
        await read_vpcs(plane, REGION),
        await read_firewall(plane, REGION),
        await ServiceReading(plane).services(REGION),
        await read_stores(plane, REGION),
        balancers,
        groups,
    )


def group_of(answers: Answers, name: str) -> Document:
    groups = answers["ec2", "describe_security_groups"]["SecurityGroups"]
    return next(it for it in groups if it["GroupName"] == name)


def without(name: str, direction: str, number: int) -> Change:
    """One rule of a group is taken away. Args: direction: inbound or outbound."""
    member = {"inbound": "IpPermissions", "outbound": "IpPermissionsEgress"}[direction]

    def change(answers: Answers) -> None:
        del group_of(answers, name)[member][number]

    return change

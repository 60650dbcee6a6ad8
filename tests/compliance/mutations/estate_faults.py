"""The evaluated slice, and the same with a fault for each of the agency's policies, each at resources of its own.

    python -m tests.compliance.mutations.estate_faults

A program's host must be started before any thread, and a test runner has threads: the plans come pickled from there.
"""

import json
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from compliance.graph import DeclaredResource, Graph
from compliance.plan import Plan, plan_of
from estate.evaluation import Evaluation
from estate.places import project_root

__all__ = ["FAULTS", "EstateFault", "planned"]

DEADLINE_SECONDS = 240
ENVIRONMENT = "slice"
ELSEWHERE = "arn:aws:backup:us-east-1:999999999999:backup-vault:copies"
SOMEBODYS_KEY = "arn:aws:kms:eu-west-2:999999999999:key/0"

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class EstateFault:
    """Attributes: of: type and name of the resource that is changed; at: the names of those that fail, if others do."""

    check: str
    of: str
    change: Callable[[Inputs], Inputs]
    at: Sequence[str] = ()

    @property
    def failing(self) -> set[str]:
        return {*self.at} or {self.of.rpartition("::")[2]}


def _with(**changed: Any) -> Callable[[Inputs], Inputs]:
    return lambda inputs: {**inputs, **changed}


def _without(*names: str) -> Callable[[Inputs], Inputs]:
    return lambda inputs: {key: it for key, it in inputs.items() if key not in names}


def _without_tag(tag: str) -> Callable[[Inputs], Inputs]:
    return lambda inputs: {**inputs, "tags": {key: it for key, it in inputs["tags"].items() if key != tag}}


def _every_queue(inputs: Inputs) -> Inputs:
    policy = json.loads(inputs["policy"])
    wide = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:*:*"}
    return {**inputs, "policy": json.dumps({**policy, "Statement": [*policy["Statement"], wide]})}


def _copied_overseas(inputs: Inputs) -> Inputs:
    rules = [{**it, "copyActions": [{"destinationVaultArn": ELSEWHERE}]} for it in inputs["rules"]]
    return {**inputs, "rules": rules}


def _tagged(inputs: Inputs) -> Inputs:
    definitions = re.sub(r"@sha256:[0-9a-f]{64}", ":latest", inputs["containerDefinitions"])
    return {**inputs, "containerDefinitions": definitions}


FAULTS = {
    "zone-not-named": EstateFault(
        "CKV_ESTATE_1",
        "Subnet::network-data-eu-west-2a",
        _without("availabilityZone"),
        at=["cache-sessions-subnets", "database-core-subnets"],
    ),
    "vault-overseas": EstateFault("CKV_ESTATE_2", "Plan::vault-plan", _copied_overseas),
    "key-of-somebody": EstateFault(
        "CKV_ESTATE_3", "Queue::payment-requests-queue", _with(kmsMasterKeyId=SOMEBODYS_KEY)
    ),
    "nobodys-topic": EstateFault(
        "CKV_ESTATE_4", "Topic::topic-payments-announced-topic", _without_tag("owner")
    ),
    "half-of-the-world-to-tasks": EstateFault(
        "CKV_ESTATE_5",
        "SecurityGroupIngressRule::portal-from-load-balancer",
        lambda inputs: {**_without("referencedSecurityGroupId")(inputs), "cidrIpv4": "128.0.0.0/1"},
    ),
    "every-queue": EstateFault("CKV_ESTATE_6", "RolePolicy::case-execution-policy", _every_queue),
    "failures-dropped": EstateFault("CKV_ESTATE_7", "Queue::case-work-queue", _without("redrivePolicy")),
    "database-in-no-plan": EstateFault(
        "CKV_ESTATE_8", "Cluster::database-core-cluster", _without_tag("backup")
    ),
    "log-for-a-day": EstateFault("CKV_ESTATE_9", "LogGroup::portal-logs", _with(retentionInDays=1)),
    "image-by-tag": EstateFault("CKV_ESTATE_10", "TaskDefinition::portal-task-definition", _tagged),
    "every-port-of-tcp": EstateFault(
        "CKV_ESTATE_11", "SecurityGroupEgressRule::portal-to-case", _with(fromPort=0, toPort=65535)
    ),
}


def planned() -> tuple[Plan, Plan]:
    """The plan of the slice as it is, and with every fault."""
    command = [sys.executable, "-m", "tests.compliance.mutations.estate_faults"]
    done = subprocess.run(command, capture_output=True, timeout=DEADLINE_SECONDS, cwd=project_root())
    assert done.returncode == 0, done.stderr.decode()
    return pickle.loads(done.stdout)


def _faulty(graph: Graph) -> Graph:
    faults = {it.of: it for it in FAULTS.values()}
    found = [_changed(it, faults.pop(_named(it))) if _named(it) in faults else it for it in graph.resources]
    assert not faults, f"{sorted(faults)} are no longer in the slice"
    return replace(graph, resources=found)


def _named(resource: DeclaredResource) -> str:
    return f"{resource.type.rpartition(':')[2]}::{resource.name}"


def _changed(resource: DeclaredResource, fault: EstateFault) -> DeclaredResource:
    """What is no longer given depends on nothing either."""
    inputs = fault.change(resource.registration.inputs)
    kept = {
        key: it
        for key, it in resource.registration.property_dependencies.items()
        if key in inputs and inputs[key] == resource.registration.inputs.get(key)
    }
    return replace(
        resource,
        registration=replace(resource.registration, inputs=inputs, property_dependencies=kept),
    )


def main() -> None:
    with Evaluation.of(ENVIRONMENT) as evaluation:
        session = evaluation.session()
        runs = session.every([str(it) for it in evaluation.stacks()], session.preview)
    graph = Graph.of(runs, project_root())
    sys.stdout.buffer.write(pickle.dumps((plan_of(graph), plan_of(_faulty(graph)))))


if __name__ == "__main__":
    main()

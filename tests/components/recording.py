"""Runs a Pulumi program under mocks and hands back what it registered.

    recording = record(lambda: Queue("orders", {...}))
    assert recording.one("aws:sqs/queue:Queue").inputs["name"] == "orders"

Each run has a thread, a context and an event loop of its own: Pulumi keeps its state in context variables, so
nothing of one run reaches the next.
"""

import asyncio
import contextvars
import importlib
import inspect
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks as pulumi_mocks
from pulumi.runtime import rpc
from pulumi.runtime.stack import run_pulumi_func

ACCOUNT = "123456789012"
REGION = "eu-west-2"

# What AWS would answer to each function that a program calls.
ANSWERS: Mapping[str, dict[str, Any]] = {
    "aws:index/getRegion:getRegion": {"id": REGION, "region": REGION, "name": REGION},
    "aws:index/getCallerIdentity:getCallerIdentity": {
        "id": ACCOUNT,
        "accountId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:role/deploy",
        "userId": "AROAEXAMPLE",
    },
    "aws:index/getPartition:getPartition": {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
    },
}


@dataclass(frozen=True)
class Registration:
    """One resource as the program registered it."""

    type: str
    name: str
    urn: str
    parent: str | None
    """Name of the parent, None for a resource at the top."""
    inputs: Mapping[str, Any]
    is_component: bool
    ignore_changes: tuple[str, ...] = ()
    protect: bool = False
    delete_before_replace: bool = False
    depends_on: frozenset[str] = frozenset()
    """Names of the resources that it waits for."""
    outputs: dict[str, Any] = field(default_factory=dict)
    """What a component gave to register_outputs."""

    def document(self, property_name: str) -> Any:
        """The value of an input that holds JSON, parsed."""
        return json.loads(self.inputs[property_name])


class Recording:
    """What a program registered, in order of (type, name)."""

    def __init__(self, resources: list[Registration]) -> None:
        self.resources = tuple(sorted(resources, key=lambda resource: (resource.type, resource.name)))

    @property
    def names(self) -> list[tuple[str, str]]:
        """(type, name) of everything that was registered, sorted."""
        return [(resource.type, resource.name) for resource in self.resources]

    def of_type(self, type_: str) -> list[Registration]:
        """The resources of that type, by name."""
        return [resource for resource in self.resources if resource.type == type_]

    def names_of(self, type_: str) -> list[str]:
        """The names of the resources of that type, sorted."""
        return [resource.name for resource in self.of_type(type_)]

    def one(self, type_: str, name: str | None = None) -> Registration:
        """The only resource of that type (and name)."""
        found = [resource for resource in self.of_type(type_) if name in (None, resource.name)]
        if len(found) != 1:
            raise AssertionError(f"Wanted one {type_} {name or ''}, found {[r.name for r in found]}.")
        return found[0]

    def component(self, name: str) -> Registration:
        """The component of that name."""
        found = [resource for resource in self.resources if resource.is_component and resource.name == name]
        if len(found) != 1:
            raise AssertionError(f"Wanted one component {name!r}, found {len(found)}.")
        return found[0]

    def untagged(self, tags: Mapping[str, str]) -> list[tuple[str, str]]:
        """(type, name) of each resource that could carry these tags and does not."""
        return [
            (resource.type, resource.name)
            for resource in self.resources
            if not resource.is_component
            and _is_taggable(resource.type)
            and not tags.items() <= (resource.inputs.get("tags") or {}).items()
        ]


def record(
    build: Callable[[], Any],
    *,
    outputs: Mapping[str, Mapping[str, Any]] | None = None,
    preview: bool = False,
) -> Recording:
    """Runs `build` as a Pulumi program and returns what it registered.

    Args:
        build: makes resources; what it returns is not looked at.
        outputs: more outputs that the cloud would give, by type token; `{name}` in a string stands for the
            resource's name.
        preview: run as `pulumi preview` does, where what the cloud would answer is unknown.
    Raises: whatever the program raises.
    """
    monitor = _Monitor(_Mocks(outputs or {}, preview))
    failure: list[BaseException] = []

    def run() -> None:
        try:
            _run_program(build, monitor, preview)
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=contextvars.Context().run, args=(run,))
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return Recording(list(monitor.registrations.values()))


def resolved(build: Callable[[], pulumi.Input[Any]]) -> Any:
    """The value to which the output that `build` returns resolves."""
    values: list[Any] = []
    record(lambda: pulumi.Output.from_input(build()).apply(values.append))
    return values[0]


def _run_program(build: Callable[[], Any], monitor: "_Monitor", preview: bool) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        # Mocks alone share the set of outputs that are waited for with whatever ran in this process before.
        pulumi.runtime.configure(pulumi.runtime.Settings(project="estate", stack="test"))
        pulumi.runtime.set_mocks(
            monitor.mocks,
            project="estate",
            stack="test",
            preview=preview,
            monitor=monitor,
        )
        loop.run_until_complete(run_pulumi_func(lambda: _call(build)))
    finally:
        loop.close()


def _call(build: Callable[[], Any]) -> None:
    # A program's value is not a coroutine for Pulumi to await.
    build()


class _Mocks(pulumi_mocks.Mocks):
    """Answers as AWS would, with names in place of generated ids."""

    def __init__(self, outputs: Mapping[str, Mapping[str, Any]], preview: bool) -> None:
        self.outputs = outputs
        self.preview = preview

    def call(self, args: pulumi_mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        return ANSWERS[args.token], []

    def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if not args.custom:
            return None, args.inputs
        if self.preview:
            return "", dict(args.inputs)
        given = {key: _filled(value, args.name) for key, value in self.outputs.get(args.typ, {}).items()}
        return f"{args.name}-id", {
            **_usual_outputs(args.typ, args.name),
            **args.inputs,
            **given,
        }


class _Monitor(pulumi_mocks.MockMonitor):
    """Pulumi's mock monitor, which also keeps parents, options and component outputs."""

    def __init__(self, mocks: _Mocks) -> None:
        super().__init__(mocks)
        self.registrations: dict[str, Registration] = {}

    def RegisterResource(self, request: Any) -> Any:
        response = super().RegisterResource(request)
        if request.type != "pulumi:pulumi:Stack":
            self.registrations[response.urn] = _registration(request, response.urn)
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:
        if request.urn in self.registrations:
            self.registrations[request.urn].outputs.update(
                _plain(rpc.deserialize_properties(request.outputs))
            )
        return super().RegisterResourceOutputs(request)


def _registration(request: Any, urn: str) -> Registration:
    return Registration(
        type=request.type,
        name=request.name,
        urn=urn,
        parent=_name_in(request.parent),
        inputs=_plain(rpc.deserialize_properties(request.object)),
        is_component=not request.custom,
        ignore_changes=tuple(request.ignoreChanges),
        protect=request.protect,
        delete_before_replace=request.deleteBeforeReplace,
        depends_on=frozenset(filter(None, map(_name_in, request.dependencies))),
    )


def _name_in(urn: str) -> str | None:
    is_top = not urn or "pulumi:pulumi:Stack::" in urn
    return None if is_top else urn.rpartition("::")[2]


def _plain(value: Any) -> Any:
    """The value with secrets opened and whole numbers as int: on the wire every number is a float."""
    match value:
        case dict() if rpc.is_rpc_secret(value):
            return _plain(rpc.unwrap_rpc_secret(value))
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _filled(value: Any, name: str) -> Any:
    match value:
        case str():
            return value.replace("{name}", name)
        case list():
            return [_filled(item, name) for item in value]
        case dict():
            return {key: _filled(item, name) for key, item in value.items()}
        case _:
            return value


def _usual_outputs(type_: str, name: str) -> dict[str, Any]:
    service = type_.split(":")[1].partition("/")[0]
    return {
        "arn": f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}",
        "name": name,
        **{key: _filled(value, name) for key, value in _OUTPUTS_BY_TYPE.get(type_, {}).items()},
    }


# Outputs that AWS gives beside id, arn and name. A program that reads one that is not here gets None.
_OUTPUTS_BY_TYPE: Mapping[str, Mapping[str, Any]] = {
    "aws:acm/certificate:Certificate": {
        "domainValidationOptions": [
            {
                "domainName": "portal.example",
                "resourceRecordName": "_x.portal.example.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": "_y.acm-validations.aws.",
            },
            {
                "domainName": "www.portal.example",
                "resourceRecordName": "_x.www.portal.example.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": "_y.acm-validations.aws.",
            },
        ]
    },
    "aws:ec2/eip:Eip": {"publicIp": "{name}-address", "allocationId": "{name}-id"},
    "aws:ec2/vpc:Vpc": {
        "defaultNetworkAclId": "{name}-default-acl",
        "defaultSecurityGroupId": "{name}-default-sg",
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"prefixListId": "{name}-prefix-list"},
    "aws:ecr/repository:Repository": {"repositoryUrl": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{{name}}"},
    "aws:kms/key:Key": {"keyId": "{name}-id"},
    "aws:kms/replicaKey:ReplicaKey": {"keyId": "{name}-id"},
    "aws:lb/loadBalancer:LoadBalancer": {
        "arnSuffix": "app/{name}/0123456789abcdef",
        "dnsName": "{name}.elb.amazonaws.com",
        "zoneId": "ZHURV8PSTC4K8",
    },
    "aws:lb/targetGroup:TargetGroup": {"arnSuffix": "targetgroup/{name}/0123456789abcdef"},
    "aws:route53/record:Record": {"fqdn": "{name}-fqdn"},
    "aws:s3/bucket:Bucket": {
        "bucket": "{name}-bucket",
        "bucketDomainName": "{name}-bucket.s3.amazonaws.com",
    },
}


def _is_taggable(type_: str) -> bool:
    """Whether the SDK's class of that type token takes `tags`."""
    _, module_path, class_name = type_.split(":")
    module = importlib.import_module(f"pulumi_aws.{module_path.partition('/')[0]}")
    return "tags" in inspect.signature(getattr(module, class_name)._internal_init).parameters

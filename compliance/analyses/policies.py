"""Every policy document of a resource graph: what hangs on identities, on roles as their trust, and on resources."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine import wire
from engine.resource import Registration

__all__ = [
    "ManagedPolicy",
    "Policies",
    "Policy",
    "PolicyKind",
    "UnknownDocument",
    "place_of",
    "policies_of",
]

ROLE = "aws:iam/role:Role"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
LAMBDA_PERMISSION = "aws:lambda/permission:Permission"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
_IDENTITY = ("aws:iam/rolePolicy:", "aws:iam/policy:", "aws:iam/userPolicy:", "aws:iam/groupPolicy:")
_DOCUMENT_NAMES = (
    "policy",
    "assumeRolePolicy",
    "policyDocument",
    "accessPolicy",
    "resourcePolicy",
    "inlinePolicies",
)
_LIMITS = {
    "sourceAccount": "aws:SourceAccount",
    "sourceArn": "aws:SourceArn",
    "principalOrgId": "aws:PrincipalOrgID",
}
"""Properties of a Lambda permission, and the condition keys that Lambda makes of them. Source: Lambda API reference,
AddPermission."""


class PolicyKind(StrEnum):
    """`endpoint`: of a VPC endpoint, which grants nothing and narrows what may pass."""

    IDENTITY = "identity"
    TRUST = "trust"
    RESOURCE = "resource"
    ENDPOINT = "endpoint"


@dataclass(frozen=True)
class Policy:
    """Attributes:
    place: file and line of the program that makes the resource.
    role: URN of the role that an identity policy belongs to, or of which it is the trust; '' otherwise.
    """

    urn: str
    type: str
    place: str
    kind: PolicyKind
    document: Mapping[str, Any]
    role: str = ""


@dataclass(frozen=True)
class ManagedPolicy:
    """A policy that stands outside the graph, attached to a role of it. Attributes: urn: of the attachment."""

    arn: str
    urn: str
    place: str
    role: str


@dataclass(frozen=True)
class UnknownDocument:
    """A document that cannot be read before deployment. Attributes: property: of the resource, as Pulumi names it."""

    urn: str
    property: str
    place: str


@dataclass(frozen=True)
class Policies:
    """What the graph says of who may do what."""

    documents: Sequence[Policy]
    managed: Sequence[ManagedPolicy]
    unknown: Sequence[UnknownDocument]


def policies_of(registrations: Iterable[Registration], root: Path) -> Policies:
    """All that the graph says of who may do what. Args: root: of the program, to which places are relative."""
    resources = [it for it in registrations if it.custom]
    documents = [policy for it in resources for policy in _documents(it, root)]
    managed = [_managed(it, root, documents) for it in resources if it.type == ATTACHMENT]
    return Policies(
        documents=documents,
        managed=[it for it in managed if it],
        unknown=[document for it in resources for document in _unknown(it, root)],
    )


def place_of(registration: Registration, root: Path) -> str:
    """File and line of the innermost frame of the program; the resource's name where there is none."""
    source = registration.source
    if source is None:
        return registration.name
    path = Path(source.file)
    return f"{path.relative_to(root) if path.is_relative_to(root) else path}:{source.line}"


def _documents(resource: Registration, root: Path) -> Iterator[Policy]:
    if resource.type == LAMBDA_PERMISSION:
        yield _policy(resource, root, PolicyKind.RESOURCE, _lambda_document(resource))
        return
    for path, document in _statements(wire.plain(dict(resource.inputs))):
        yield _policy(resource, root, _kind(resource.type, path), document)


def _policy(resource: Registration, root: Path, kind: PolicyKind, document: Mapping[str, Any]) -> Policy:
    role = {PolicyKind.IDENTITY: _role(resource), PolicyKind.TRUST: resource.urn}.get(kind, "")
    return Policy(resource.urn, resource.type, place_of(resource, root), kind, document, role)


def _statements(
    value: Any, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Every document in the value with where it is; Pulumi takes one as text and as an object."""
    match value:
        case str() if document := _parsed(value):
            yield path, document
        case {"Statement": list() | dict()} if path:
            yield path, value
        case Mapping():
            for key, item in value.items():
                yield from _statements(item, (*path, str(key)))
        case list():
            for item in value:
                yield from _statements(item, path)
        case _:
            return


def _parsed(text: str) -> Mapping[str, Any] | None:
    if '"Statement"' not in text:
        return None
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) and "Statement" in document else None


def _kind(type_token: str, path: tuple[str, ...]) -> PolicyKind:
    if path[-1] == "assumeRolePolicy":
        return PolicyKind.TRUST
    if type_token == ENDPOINT:
        return PolicyKind.ENDPOINT
    if type_token.startswith(_IDENTITY) or type_token == ROLE:
        return PolicyKind.IDENTITY
    return PolicyKind.RESOURCE


def _role(resource: Registration) -> str:
    """The URN of the role that it is for; its name where the role is not of this graph."""
    if resource.type == ROLE:
        return resource.urn
    behind = resource.property_dependencies.get("role", ())
    return behind[0] if behind else str(resource.inputs.get("role", ""))


def _managed(resource: Registration, root: Path, documents: Sequence[Policy]) -> ManagedPolicy | None:
    """None for a policy of the graph itself, which is among the documents."""
    behind = resource.property_dependencies.get("policyArn", ())
    if any(it.urn in behind for it in documents):
        return None
    arn = str(resource.inputs.get("policyArn", ""))
    return ManagedPolicy(arn, resource.urn, place_of(resource, root), _role(resource))


def _lambda_document(resource: Registration) -> Mapping[str, Any]:
    inputs = wire.plain(dict(resource.inputs))
    principal = inputs.get("principal", "")
    limits = {key: inputs[name] for name, key in _LIMITS.items() if name in inputs}
    statement = {
        "Effect": "Allow",
        "Action": inputs.get("action", ""),
        "Resource": inputs.get("function", ""),
        "Principal": {"Service" if principal.endswith(".amazonaws.com") else "AWS": principal},
    }
    return {"Statement": [statement | ({"Condition": {"StringLike": limits}} if limits else {})]}


def _unknown(resource: Registration, root: Path) -> Iterator[UnknownDocument]:
    for name in _DOCUMENT_NAMES:
        if wire.contains_unknown(resource.inputs.get(name)):
            yield UnknownDocument(resource.urn, name, place_of(resource, root))

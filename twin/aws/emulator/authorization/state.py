"""What moto holds that authorization asks for: roles with their policies, resources with their keys and policies."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twin.aws.emulator.authorization.holdings import Place, SecretFacts
from twin.aws.emulator.authorization.policy import Policy, read

__all__ = ["MotoState", "Role"]

_EVERYTHING = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}

_ACCOUNT = 4
"""Place of the account in an ARN."""


@dataclass(frozen=True)
class Role:
    """Attributes: trust: the document of its trust policy; maximum_seconds: of a session."""

    arn: str
    id: str
    trust: str
    identity: tuple[Policy, ...]
    boundary: Policy | None
    tags: Mapping[str, str]
    maximum_seconds: int


class MotoState:
    """Reads moto's own objects, which costs less than asking its API."""

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}

    def role(self, arn: str) -> Role | None:
        parts = arn.split(":")
        if len(parts) <= _ACCOUNT:
            return None
        roles = _backend("iam", parts[_ACCOUNT], "aws").roles
        known = self._found.get(arn)
        if known is None or roles.get(known.id) is not known:
            known = next((it for it in list(roles.values()) if it.arn == arn), None)
            if known is None:
                return None
            self._found[arn] = known
        return _role(known, parts[_ACCOUNT])

    def roles(self, account: str) -> list[Role]:
        return [_role(it, account) for it in list(_backend("iam", account, "aws").roles.values())]

    def secret(self, place: Place, secret_id: str) -> SecretFacts | None:
        secret = _backend("secretsmanager", place.account, place.region).secrets.get(secret_id)
        if secret is None:
            return None
        rotation = getattr(secret, "rotation_lambda_arn", "") or ""
        return SecretFacts(secret.arn, getattr(secret, "kms_key_id", "") or "", rotation)

    def key_arn(self, place: Place, key_id: str) -> str | None:
        key = _key(place, key_id)
        return None if key is None else str(key.arn)

    def encryption_key(self, service: str, place: Place, resource: str) -> str:
        found = _ENCRYPTION.get(service)
        return (found(place, resource) if found else None) or ""

    def object_key(self, place: Place, bucket: str, name: str) -> str:
        found = _bucket(place, bucket)
        item = found.keys.get(name) if found is not None else None
        return getattr(item, "kms_key_id", None) or ""

    def lacks_object(self, place: Place, bucket: str, name: str) -> bool:
        found = _bucket(place, bucket)
        return found is not None and found.keys.get(name) is None

    def has_bucket_key(self, place: Place, bucket: str) -> bool:
        return str(_encryption_rule(place, bucket).get("BucketKeyEnabled", "")).lower() == "true"

    def resource_policy(self, place: Place, resource: str) -> str | None:
        found = _POLICIES.get(resource.split(":", 3)[2])
        return found(place, resource) if found else None

    def endpoint_policy(self, place: Place, endpoint_id: str) -> tuple[str, str] | None:
        """VPC and policy of a VPC endpoint, which lets everything pass where it was given none.

        Source: AWS PrivateLink guide, "Control access to VPC endpoints using endpoint policies", default policy,
        https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
        """
        endpoint = _backend("ec2", place.account, place.region).vpc_end_points.get(endpoint_id)
        if endpoint is None:
            return None
        return str(endpoint.vpc_id), _text(endpoint.policy_document or _EVERYTHING)


def _backend(service: str, account: str, region: str) -> Any:
    return _backends(service)[account][region]


@functools.cache
def _backends(service: str) -> Any:
    from moto import backends

    found: Any = backends.get_backend
    return found(service)


def _role(role: Any, account: str) -> Role:
    policies = [read(name, _text(document)) for name, document in list(role.policies.items())]
    managed = [read(it.arn, _default_version(it)) for it in list(role.managed_policies.values())]
    boundary = role.permissions_boundary_arn
    return Role(
        arn=role.arn,
        id=role.id,
        trust=_text(role.assume_role_policy_document),
        identity=(*policies, *managed),
        boundary=_managed(account, boundary) if boundary else None,
        tags=_tags(role),
        maximum_seconds=int(role.max_session_duration or 3600),
    )


def _managed(account: str, arn: str) -> Policy:
    """A boundary that is not there allows nothing."""
    found = _backend("iam", account, "aws").managed_policies.get(arn)
    return read(arn, _default_version(found)) if found is not None else Policy(arn, ())


def _default_version(policy: Any) -> str:
    versions = {it.version_id: it.document for it in policy.versions}
    return _text(versions[policy.default_version_id])


def _tags(role: Any) -> Mapping[str, str]:
    tags = role.tags or {}
    pairs = tags.values() if isinstance(tags, dict) else tags
    return {str(it["Key"]): str(it["Value"]) for it in pairs}


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document or {"Statement": []})


def _key(place: Place, key_id: str) -> Any:
    backend = _backend("kms", place.account, place.region)
    try:
        return backend.keys.get(backend.any_id_to_key_id(key_id))
    except Exception:  # moto raises one of several kinds
        return None


def _bucket(place: Place, name: str) -> Any:
    return _backend("s3", place.account, "aws").buckets.get(name)


def _encryption_rule(place: Place, bucket: str) -> Mapping[str, Any]:
    found = _bucket(place, bucket)
    rule = (found.encryption or {}).get("Rule", {}) if found is not None else {}
    return rule[0] if isinstance(rule, list) else rule


def _queue(place: Place, arn: str) -> Any:
    parts = arn.split(":")
    return _backend("sqs", parts[4] or place.account, parts[3]).queues.get(parts[5])


def _topic(place: Place, arn: str) -> Any:
    parts = arn.split(":")
    return _backend("sns", parts[4], parts[3]).topics.get(arn) if len(parts) > 5 else None


def _stream(place: Place, arn: str) -> Any:
    parts = arn.split(":")
    return _backend("kinesis", parts[4], parts[3]).streams.get(arn.rpartition("/")[2])


def _parameter_key(place: Place, arn: str) -> str | None:
    name = arn.partition(":parameter/")[2]
    parameters = _backend("ssm", place.account, place.region)._parameters
    versions = next((dict.get(parameters, it) for it in (f"/{name}", name) if dict.get(parameters, it)), None)
    return versions[-1].keyid if versions and versions[-1].parameter_type == "SecureString" else None


def _bucket_key_id(place: Place, arn: str) -> str | None:
    default = _encryption_rule(place, arn.removeprefix("arn:aws:s3:::")).get(
        "ApplyServerSideEncryptionByDefault", {}
    )
    return default.get("KMSMasterKeyID")


_ENCRYPTION = {
    "sqs": lambda place, arn: getattr(_queue(place, arn), "kms_master_key_id", None),
    "sns": lambda place, arn: getattr(_topic(place, arn), "kms_master_key_id", None),
    "kinesis": lambda place, arn: getattr(_stream(place, arn), "key_id", None),
    "ssm": _parameter_key,
    "s3": _bucket_key_id,
}


def _queue_policy(place: Place, arn: str) -> str | None:
    return getattr(_queue(place, arn), "policy", None)


def _topic_policy(place: Place, arn: str) -> str | None:
    topic = _topic(place, arn)
    return topic.policy if topic is not None else None


def _bucket_policy(place: Place, arn: str) -> str | None:
    bucket = _bucket(place, arn.removeprefix("arn:aws:s3:::").partition("/")[0])
    policy = getattr(bucket, "policy", None)
    return policy.decode() if isinstance(policy, bytes) else policy


def _secret_policy(place: Place, arn: str) -> str | None:
    secret = _backend("secretsmanager", place.account, place.region).secrets.get(arn)
    return getattr(secret, "policy", None)


def _bus_policy(place: Place, arn: str) -> str | None:
    parts = arn.split(":")
    bus = _backend("events", parts[4], parts[3]).event_buses.get(arn.rpartition("/")[2])
    return bus.policy if bus is not None else None


def _key_policy(place: Place, arn: str) -> str | None:
    key = _key(place, arn)
    return None if key is None else str(key.policy)


_POLICIES = {
    "sqs": _queue_policy,
    "sns": _topic_policy,
    "s3": _bucket_policy,
    "secretsmanager": _secret_policy,
    "events": _bus_policy,
    "kms": _key_policy,
}

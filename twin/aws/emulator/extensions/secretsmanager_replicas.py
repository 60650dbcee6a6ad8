"""Secrets Manager: a replica is encrypted with the key that was given for it."""

from typing import Any

from twin.aws.emulator.extension import Extension

__all__ = ["EXTENSIONS"]


def _keys_of_replicas() -> None:
    """Each replica shows its own key; moto shows the default one for all."""
    from moto.secretsmanager.models import FakeSecret

    secret: Any = FakeSecret
    create = secret.create_replicas

    def create_replicas(self: Any, replica_regions: list[dict[str, str]], force_overwrite: bool) -> Any:
        replicas = create(self, replica_regions, force_overwrite)
        for replica, given in zip(replicas, replica_regions, strict=True):
            replica.config["KmsKeyId"] = given.get("KmsKeyId") or replica.config["KmsKeyId"]
        return replicas

    secret.create_replicas = create_replicas


EXTENSIONS = (
    Extension(
        service="secretsmanager",
        topic="keys of replicas",
        stock="shows the default key for every replica",
        aws="encrypts a replica with the key that is given for its region",
        change="keeps the given key",
        source="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicaRegionType.html",
        patch=_keys_of_replicas,
    ),
)

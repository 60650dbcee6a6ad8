"""KMS: a replica's aliases and grants are its own."""

from typing import Any

from twin.aws.emulator.extension import Extension

__all__ = ["EXTENSIONS"]


def _own_aliases_and_grants() -> None:
    """An alias or grant of a key is not one of its replica; moto's replica shares them with the primary."""
    from moto.kms.models import Key, KmsBackend

    backend: Any = KmsBackend
    replicate = backend.replicate_key

    def replicate_key(self: KmsBackend, key_id: str, replica_region: str) -> Key:
        replica = replicate(self, key_id, replica_region)
        replica.aliases, replica.grants = {}, {}
        return replica

    backend.replicate_key = replicate_key


EXTENSIONS = (
    Extension(
        service="kms",
        topic="aliases of replica keys",
        stock="gives a replica the primary's aliases and grants, in both directions",
        aws="keeps them by Region",
        change="begins a replica with none",
        source="https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html",
        patch=_own_aliases_and_grants,
    ),
)

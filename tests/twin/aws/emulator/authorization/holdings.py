"""Resources in memory, as authorization asks for them."""

from dataclasses import dataclass, field

from twin.aws.emulator.authorization.holdings import Place, SecretFacts

__all__ = ["KEY", "FakeHoldings"]

KEY = "arn:aws:kms:eu-west-2:123456789012:key/k"


@dataclass
class FakeHoldings:
    """Attributes: keys: as the resources of these ARNs name them."""

    secrets: dict[str, SecretFacts] = field(default_factory=dict[str, SecretFacts])
    keys: dict[str, str] = field(default_factory=dict[str, str])
    bucket_keys: bool = False

    def secret(self, place: Place, secret_id: str) -> SecretFacts | None:
        return self.secrets.get(secret_id)

    def key_arn(self, place: Place, key_id: str) -> str | None:
        return KEY if key_id in ("k", KEY, "alias/estate") else None

    def encryption_key(self, service: str, place: Place, resource: str) -> str:
        return self.keys.get(resource, "")

    def object_key(self, place: Place, bucket: str, name: str) -> str:
        return self.keys.get(f"arn:aws:s3:::{bucket}/{name}", "")

    def lacks_object(self, place: Place, bucket: str, name: str) -> bool:
        return bucket == "empty"

    def has_bucket_key(self, place: Place, bucket: str) -> bool:
        return self.bucket_keys

    def resource_policy(self, place: Place, resource: str) -> str | None:
        return None

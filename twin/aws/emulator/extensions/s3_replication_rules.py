"""S3: what of a bucket is copied where, by its replication rules as moto keeps them.

Source: S3 user guide, "Replication configuration file elements": an object is copied once to each destination, by the
rule of the highest priority; one encrypted with a KMS key only where the rule says so; deletion markers only where the
rule says so, and never by a rule with a tag filter; a replica is not copied on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Copy", "Source", "copies"]

_ARN = "arn:aws:s3:::"


@dataclass(frozen=True)
class Source:
    """What may be copied: an object's version, or a deletion marker."""

    key: str
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    encryption: str | None = None
    is_marker: bool = False


@dataclass(frozen=True)
class Copy:
    """Where to, and what is different there; None as in the source."""

    bucket: str
    storage_class: str | None = None
    kms_key_id: str | None = None


def copies(configuration: Mapping[str, Any], source: Source) -> list[Copy]:
    """The copies to be made, one a destination."""
    by_bucket: dict[str, Copy] = {}
    for rule in sorted(configuration["Rule"], key=lambda it: int(it.get("Priority", 0))):
        if _applies(rule, source):
            copy = _copy(rule["Destination"])
            by_bucket[copy.bucket] = copy
    return list(by_bucket.values())


def _applies(rule: Mapping[str, Any], source: Source) -> bool:
    prefix, tags = _filter(rule)
    return (
        rule["Status"] == "Enabled"
        and source.key.startswith(prefix)
        and tags.items() <= source.tags.items()
        and (_takes_marker(rule, tags) if source.is_marker else _takes_encryption(rule, source))
    )


def _filter(rule: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    chosen = rule.get("Filter") or {}
    chosen = chosen.get("And") or chosen
    tags = chosen.get("Tag") or []
    listed = tags if isinstance(tags, list) else [tags]
    prefix = chosen.get("Prefix") or rule.get("Prefix") or ""
    return prefix, {it["Key"]: it["Value"] or "" for it in listed}


def _takes_marker(rule: Mapping[str, Any], tags: Mapping[str, str]) -> bool:
    """A rule of the first version of the schema, without a filter, copies markers unless it says otherwise."""
    default = "Disabled" if "Filter" in rule else "Enabled"
    return not tags and (rule.get("DeleteMarkerReplication") or {}).get("Status", default) == "Enabled"


def _takes_encryption(rule: Mapping[str, Any], source: Source) -> bool:
    if not (source.encryption or "").startswith("aws:kms"):
        return True
    chosen = (rule.get("SourceSelectionCriteria") or {}).get("SseKmsEncryptedObjects") or {}
    return chosen.get("Status") == "Enabled"


def _copy(destination: Mapping[str, Any]) -> Copy:
    encryption = destination.get("EncryptionConfiguration") or {}
    return Copy(
        bucket=destination["Bucket"].removeprefix(_ARN),
        storage_class=destination.get("StorageClass"),
        kms_key_id=encryption.get("ReplicaKmsKeyID"),
    )

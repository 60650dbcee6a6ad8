"""What the table cannot say of Secrets Manager."""

from twin.aws.step import Step

__all__ = ["find_version", "replicate", "see_whether_deleted"]


def find_version(step: Step) -> None:
    """The item is this version of the secret, with its stages and without its value."""
    version = step.id.rpartition("|")[2]
    stages = (step.item.get("VersionIdsToStages") or {}).get(version)
    step.item = stages and {"ARN": step.item["ARN"], "VersionId": version, "VersionStages": stages}


def see_whether_deleted(step: Step) -> None:
    """A secret that waits for its deletion cannot be deleted once more, and is gone as far as Pulumi goes."""
    step.also["deleted"] = bool(step.api("describe_secret", SecretId=step.id).get("DeletedDate"))


def replicate(step: Step) -> None:
    """The secret has exactly the declared replicas; one under another key is made anew."""
    old, new = (
        {replica["region"]: replica.get("kmsKeyId") for replica in side.get("replicas") or []}
        for side in (step.old, step.inputs)
    )
    removed = sorted(region for region in old if region not in new or new[region] != old[region])
    added = sorted(region for region in new if region not in old or new[region] != old[region])
    if removed:
        step.api("remove_regions_from_replication", SecretId=step.id, RemoveReplicaRegions=removed)
    if added:
        regions = [{"Region": region, **_key(new[region])} for region in added]
        step.api("replicate_secret_to_regions", SecretId=step.id, AddReplicaRegions=regions)


def _key(key: str | None) -> dict[str, str]:
    return {"KmsKeyId": key} if key else {}

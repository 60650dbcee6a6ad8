"""KMS: replicas of multi-Region keys."""

from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.extension import Context, Extension

__all__ = ["EXTENSIONS"]


def _replicate(context: Context) -> Document:
    """The replica has the description, policy and tags that were given for it; the key may be named by ARN."""
    from moto.kms.models import kms_backends

    call = context.call
    given = call.parameters
    key_id: str = given["KeyId"].split("/")[-1]
    backends: Any = kms_backends[call.account]
    if key_id not in backends[call.region].keys:
        return context.document()
    backends[call.region].replicate_key(key_id, given["ReplicaRegion"])
    there = backends[given["ReplicaRegion"]]
    replica = there.keys[key_id]
    # moto gives both keys one configuration, so that the primary would show itself as a replica too.
    configuration = replica.multi_region_configuration
    replica.multi_region_configuration = {**configuration, "MultiRegionKeyType": "REPLICA"}
    replica.description = given.get("Description", "")
    replica.policy = given.get("Policy") or replica.generate_default_policy()
    if given.get("Tags"):
        there.tagger.tag_resource(replica.id, given["Tags"])
    return {
        "ReplicaKeyMetadata": replica.to_dict()["KeyMetadata"],
        "ReplicaPolicy": replica.policy,
        "ReplicaTags": given.get("Tags", []),
    }


EXTENSIONS = (
    Extension(
        service="kms",
        topic="replica keys",
        stock="does not find a key by its ARN, and gives a replica the primary's description, policy and tags",
        aws="finds it, and gives a replica its own",
        change="replicates by id or ARN, with the replica's own description, policy and tags",
        source="https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html",
        operations={"ReplicateKey": _replicate},
    ),
)

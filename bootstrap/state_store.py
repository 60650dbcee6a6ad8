"""Where Pulumi keeps its state, and the key of the secrets in it; in the standby region too, if there is one."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.document_store import DocumentStore, DocumentStoreArgs
from components.keys import KeyArgs, Keys, ReplicaKeys
from components.log_bucket import LogBucket

__all__ = ["StateStore", "StateStoreArgs"]

KEY = "pulumi"
KEYS: Mapping[str, KeyArgs] = {
    KEY: {
        "description": "Pulumi's state, and the secrets in it.",
        # Whether a key can be replicated is fixed once it is made: an environment may get a standby region later.
        "multi_region": True,
    }
}
SUPERSEDED_STATE_DAYS = 365
"""How long a state that was overwritten can be brought back; an assumption."""


class StateStoreArgs(TypedDict):
    account_id: str
    """Account of the environment; part of the buckets' names, which the whole world shares."""

    region: str
    """Region of the provider that the component inherits."""

    standby: NotRequired[tuple[str, aws.Provider] | None]
    """Region and provider of the copies. Default: none, there are no copies."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of every child that takes tags. Default: none."""


class StateStore(pulumi.ComponentResource):
    """A state bucket and its key, both protected from deletion, both copied to the standby region."""

    bucket_arns: list[pulumi.Output[str]]
    """ARNs of the buckets, the primary region's first."""
    key_arns: list[pulumi.Output[str]]
    """ARNs of the key in each region, the primary's first."""
    backend_urls: dict[str, pulumi.Output[str]]
    """What PULUMI_BACKEND_URL has to be, by the name of the stack output that says so."""

    def __init__(self, name: str, args: StateStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:bootstrap:StateStore", name, None, opts)
        self._name = name
        self._args = args
        self._tags = dict(args.get("tags", {}))
        own = pulumi.ResourceOptions(parent=self, protect=True)
        standby = args.get("standby")

        keys = Keys(f"{name}-keys", {"keys": KEYS, "alias_prefix": name, "tags": self._tags}, own)
        key_arn = keys.arn_by_name[KEY]
        self.bucket_arns, self.key_arns, self.backend_urls = [], [], {}
        copies = self._copies(standby, key_arn) if standby else None
        bucket = self._bucket("state", args["region"], key_arn, own, copies)
        self._know(bucket, key_arn, "backend_url", args["region"])
        if standby and copies:
            self._know(copies, self._replica_arn, "standby_backend_url", standby[0])
        self.register_outputs(
            {"bucket_arns": self.bucket_arns, "key_arns": self.key_arns, **self.backend_urls}
        )

    def _copies(self, standby: tuple[str, aws.Provider], key_arn: pulumi.Output[str]) -> DocumentStore:
        region, provider = standby
        there = pulumi.ResourceOptions(parent=self, provider=provider, protect=True)
        replica = ReplicaKeys(
            f"{self._name}-keys-standby",
            {
                "keys": KEYS,
                "primary_key_arn_by_name": {KEY: key_arn},
                "alias_prefix": self._name,
                "tags": self._tags,
            },
            there,
        )
        self._replica_arn = replica.arn_by_name[KEY]
        return self._bucket("state-standby", region, self._replica_arn, there, None)

    def _bucket(
        self,
        suffix: str,
        region: str,
        key_arn: pulumi.Output[str],
        opts: pulumi.ResourceOptions,
        copies: DocumentStore | None,
    ) -> DocumentStore:
        account_id, standby = self._args["account_id"], self._args.get("standby")
        logs = LogBucket(
            f"{self._name}-{suffix}-logs",
            {
                "sources": ["s3-access"],
                "bucket_name": f"{self._name}-state-logs-{account_id}-{region}",
                "tags": self._tags,
            },
            opts,
        )
        args: DocumentStoreArgs = {
            "kms_key_arn": key_arn,
            "bucket_name": f"{self._name}-state-{account_id}-{region}",
            "log_bucket_name": logs.bucket_name,
            "noncurrent_expire_after_days": SUPERSEDED_STATE_DAYS,
            "tags": self._tags,
        }
        if copies and standby:
            args["replication"] = {
                "bucket_arn": copies.arn,
                "kms_key_arn": self._replica_arn,
                "region": standby[0],
            }
        return DocumentStore(f"{self._name}-{suffix}", args, opts)

    def _know(self, bucket: DocumentStore, key_arn: pulumi.Output[str], url_name: str, region: str) -> None:
        self.bucket_arns.append(bucket.arn)
        self.key_arns.append(key_arn)
        # Source: Pulumi documentation, "Managing state and backends", AWS S3.
        self.backend_urls[url_name] = pulumi.Output.concat("s3://", bucket.bucket_name, f"?region={region}")

"""The keys components: primary keys, and their replicas in another region."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.exceptions import ComponentError
from components.keys.key_policy import key_policy
from components.location import locate

__all__ = ["KeyArgs", "Keys", "KeysArgs", "ReplicaKeys", "ReplicaKeysArgs"]

ROTATION_PERIOD_DAYS = 365
DELETION_WINDOW_DAYS = 30


class KeyArgs(TypedDict):
    description: str
    """What the key protects, as the console shows it."""
    services: NotRequired[Sequence[str]]
    """AWS services whose principal may use the key, by the names of SERVICES in key_policy. Default: none."""
    multi_region: NotRequired[bool]
    """Whether it can be replicated to another region; fixed once made. Default: false."""
    tags: NotRequired[Mapping[str, str]]
    """Tags of this key, over those of every key. Default: none."""


class KeysArgs(TypedDict):
    keys: Mapping[str, KeyArgs]
    """The keys by name. The name is the end of the alias."""
    alias_prefix: NotRequired[str]
    """Beginning of every alias, without `alias/`. Default: the component's name."""
    deletion_window_days: NotRequired[int]
    """Days between asking for deletion and deletion, 7 to 30. Default: 30."""
    rotation_period_days: NotRequired[int]
    """Days between rotations of the key material, 90 to 2560. Default: 365."""
    tags: NotRequired[Mapping[str, str]]
    """Tags of every key. Default: none."""


class ReplicaKeysArgs(TypedDict):
    keys: Mapping[str, KeyArgs]
    """The keys to replicate, by name, as they were given to Keys; each is multi_region."""
    primary_key_arn_by_name: Mapping[str, pulumi.Input[str]]
    """ARNs of the primary keys, by name, one for each of the keys."""
    alias_prefix: NotRequired[str]
    """Beginning of every alias, without `alias/`. Default: the component's name."""
    deletion_window_days: NotRequired[int]
    """Days between asking for deletion and deletion, 7 to 30. Default: 30."""
    tags: NotRequired[Mapping[str, str]]
    """Tags of every key. Default: none."""


class Keys(pulumi.ComponentResource):
    """One symmetric key with an alias for each name; its material rotates, IAM decides who uses it."""

    arn_by_name: pulumi.Output[Mapping[str, str]]
    """ARNs of the keys, by name."""
    id_by_name: pulumi.Output[Mapping[str, str]]
    """Ids of the keys, by name."""

    def __init__(self, name: str, args: KeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:foundation:Keys", name, None, opts)
        self._name = name
        self._own = pulumi.ResourceOptions(parent=self)
        _check_window(args.get("deletion_window_days", DELETION_WINDOW_DAYS))
        _check_rotation(args.get("rotation_period_days", ROTATION_PERIOD_DAYS))

        keys = {key_name: self._key(key_name, key, args) for key_name, key in args["keys"].items()}
        _aliases(name, args.get("alias_prefix", name), keys, self._own)

        self.arn_by_name = pulumi.Output.all(**{key_name: key.arn for key_name, key in keys.items()})
        self.id_by_name = pulumi.Output.all(**{key_name: key.key_id for key_name, key in keys.items()})
        self.register_outputs({"arn_by_name": self.arn_by_name, "id_by_name": self.id_by_name})

    def _key(self, key_name: str, key: KeyArgs, args: KeysArgs) -> aws.kms.Key:
        return aws.kms.Key(
            f"{self._name}-{key_name}",
            description=key["description"],
            policy=key_policy(locate(self._own), key.get("services", ())),
            multi_region=key.get("multi_region", False),
            enable_key_rotation=True,
            rotation_period_in_days=args.get("rotation_period_days", ROTATION_PERIOD_DAYS),
            deletion_window_in_days=args.get("deletion_window_days", DELETION_WINDOW_DAYS),
            tags={**args.get("tags", {}), **key.get("tags", {})},
            opts=self._own,
        )


class ReplicaKeys(pulumi.ComponentResource):
    """A replica of each key in the provider's region, with the same alias and a policy of its own.

    Rotation follows the primary key.
    """

    arn_by_name: pulumi.Output[Mapping[str, str]]
    """ARNs of the replicas, by name."""
    id_by_name: pulumi.Output[Mapping[str, str]]
    """Ids of the replicas, by name: the same as the primary keys'."""

    def __init__(
        self,
        name: str,
        args: ReplicaKeysArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("estate:foundation:ReplicaKeys", name, None, opts)
        self._name = name
        self._own = pulumi.ResourceOptions(parent=self)
        _check_window(args.get("deletion_window_days", DELETION_WINDOW_DAYS))
        _check_replicas(args)

        keys = {key_name: self._replica(key_name, key, args) for key_name, key in args["keys"].items()}
        _aliases(name, args.get("alias_prefix", name), keys, self._own)

        self.arn_by_name = pulumi.Output.all(**{key_name: key.arn for key_name, key in keys.items()})
        self.id_by_name = pulumi.Output.all(**{key_name: key.key_id for key_name, key in keys.items()})
        self.register_outputs({"arn_by_name": self.arn_by_name, "id_by_name": self.id_by_name})

    def _replica(self, key_name: str, key: KeyArgs, args: ReplicaKeysArgs) -> aws.kms.ReplicaKey:
        return aws.kms.ReplicaKey(
            f"{self._name}-{key_name}",
            primary_key_arn=args["primary_key_arn_by_name"][key_name],
            description=key["description"],
            policy=key_policy(locate(self._own), key.get("services", ())),
            deletion_window_in_days=args.get("deletion_window_days", DELETION_WINDOW_DAYS),
            tags={**args.get("tags", {}), **key.get("tags", {})},
            opts=self._own,
        )


def _aliases(
    name: str,
    prefix: str,
    keys: Mapping[str, aws.kms.Key] | Mapping[str, aws.kms.ReplicaKey],
    opts: pulumi.ResourceOptions,
) -> None:
    for key_name, key in keys.items():
        aws.kms.Alias(
            f"{name}-{key_name}",
            name=f"alias/{prefix}/{key_name}",
            target_key_id=key.key_id,
            opts=opts,
        )


def _check_window(days: int) -> None:
    if not 7 <= days <= 30:
        raise ComponentError(
            f"KMS deletes a key after 7 to 30 days, got {days!r}. Choose a number in between."
        )


def _check_rotation(days: int) -> None:
    if not 90 <= days <= 2560:
        raise ComponentError(
            f"KMS rotates a key every 90 to 2560 days, got {days!r}. Choose a number in between."
        )


def _check_replicas(args: ReplicaKeysArgs) -> None:
    for key_name, key in args["keys"].items():
        if not key.get("multi_region", False):
            raise ComponentError(
                f"Only a multi-Region key has replicas, got {key_name!r}. Set its multi_region."
            )
        if key_name not in args["primary_key_arn_by_name"]:
            raise ComponentError(
                f"A replica follows a primary key, got none for {key_name!r}. "
                "Give its ARN in primary_key_arn_by_name."
            )

"""Customer-managed KMS keys, one for each class of data."""

from components.keys.keys import KeyArgs, Keys, KeysArgs, ReplicaKeys, ReplicaKeysArgs

__all__ = ["KeyArgs", "Keys", "KeysArgs", "ReplicaKeys", "ReplicaKeysArgs"]

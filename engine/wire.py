"""Property values as Pulumi's protocol carries them, and as the engine keeps them.

The engine keeps plain JSON (dict, list, str, bool, int, float) in which a secret stays wrapped as
``{SIGNATURE: SECRET, "value": ...}`` and an unknown is the string `UNKNOWN`. Numbers arrive as doubles and
become int where they are integral: AWS's API rejects ``80.0``.

Source of the signatures: pulumi/pulumi sdk/go/common/resource/properties.go and sig/sig.go.
"""

from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import Any

from google.protobuf import struct_pb2

__all__ = [
    "ARCHIVE",
    "ASSET",
    "REDACTED",
    "SECRET",
    "SIGNATURE",
    "UNKNOWN",
    "contains_secret",
    "contains_unknown",
    "decode",
    "encode",
    "is_secret",
    "map_secrets",
    "plain",
    "redact",
    "secret",
    "secret_like",
    "secret_words",
    "strings",
    "tells",
]

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
REDACTED = "[secret]"


def decode(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A protobuf struct as plain JSON; properties that are null are left out, as Pulumi's engine does.

    In order of their names: protobuf's own order is another in every process.
    """
    return {
        key: _decode(value)
        for key, value in sorted(struct.fields.items(), key=itemgetter(0))
        if value.WhichOneof("kind") != "null_value"
    }


def _decode(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "struct_value":
            return decode(value.struct_value)
        case "list_value":
            return [_decode(item) for item in value.list_value.values]
        case _:
            return None


def encode(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(dict(properties))
    return struct


def is_secret(value: Any) -> bool:
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def secret(value: Any) -> Any:
    """The value, wrapped as a secret once."""
    return value if is_secret(value) else {SIGNATURE: SECRET, "value": value}


def secret_like(value: Any, model: Any) -> Any:
    """The value, secret wherever the model is.

    Source: pulumi/pulumi sdk/go/common/resource/plugin/provider_plugin.go, annotateSecrets.
    """
    if isinstance(value, dict) and isinstance(model, dict) and not (is_secret(value) or is_secret(model)):
        return {key: secret_like(item, model.get(key)) for key, item in value.items()}
    return secret(value) if contains_secret(model) else value


def secret_words(value: Any) -> frozenset[str]:
    """Every text that is secret in the value."""
    words: set[str] = set()
    map_secrets(value, lambda wrapper: words.update(strings(plain(wrapper))))
    return frozenset(words - {"", UNKNOWN})


def tells(value: Any, words: frozenset[str]) -> bool:
    """Whether one of these words can be read in the value, outside of its secrets."""
    return bool(words) and any(word in text for text in strings(redact(value)) for word in words)


def contains_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return is_secret(value) or any(contains_secret(item) for item in value.values())
    return isinstance(value, list) and any(contains_secret(item) for item in value)


def map_secrets(value: Any, replace: Callable[[dict[str, Any]], Any]) -> Any:
    """The value with every wrapped secret in it replaced by ``replace(wrapper)``."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return replace(value)
        return {key: map_secrets(item, replace) for key, item in value.items()}
    if isinstance(value, list):
        return [map_secrets(item, replace) for item in value]
    return value


def plain(value: Any) -> Any:
    """The value as a provider wants it: secrets unwrapped, references to resources as their id."""
    if isinstance(value, dict):
        match value.get(SIGNATURE):
            case None:
                return {key: plain(item) for key, item in value.items()}
            case "1b47061264138c4ac30d75fd1eb44270":
                return plain(value.get("value"))
            case "5cf8f73096256a8f31e491e813e4eb8e":
                return value.get("id") or value.get("urn")
            case _:
                return value
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def redact(value: Any) -> Any:
    """The value as a person may see it."""
    return map_secrets(value, lambda _: REDACTED)


def strings(value: Any) -> Iterator[str]:
    """Every string in the value, keys not included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def contains_unknown(value: Any) -> bool:
    return any(text == UNKNOWN for text in strings(value))

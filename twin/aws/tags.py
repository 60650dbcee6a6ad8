"""The forms that AWS's services give to tags, and the calls that change them on what exists."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from engine.provider import ProviderConfig
from twin.aws.call import Call
from twin.aws.expressions import Expression

__all__ = ["Form", "Tagging", "ec2_tags", "from_form", "merged", "tags_by", "to_form"]


class Form(Enum):
    """How a service writes one tag; the value is the names it gives to key and value."""

    KEY_VALUE = ("Key", "Value")
    LOWER = ("key", "value")
    TAG_KEY = ("TagKey", "TagValue")
    MAP = ()


@dataclass(frozen=True)
class Tagging:
    """How a resource type takes tags.

    Attributes:
        form: how the service writes them.
        create: parameters of the create call that carry them; empty where it takes none: `add` follows it.
        add, remove: the calls that put and take away. `remove` None: `add` puts the whole set.
        present: expression of the tags as they are, in the service's form.
        read: the call that `present` reads (as ``tagging``), where the resource's description has no tags.
    """

    form: Form
    create: Mapping[str, Expression]
    add: Call
    remove: Call | None
    present: Expression
    read: Call | None = None


def merged(config: ProviderConfig, inputs: Mapping[str, Any]) -> dict[str, str]:
    """The provider's default tags, with the resource's own on top."""
    return {
        **config.default_tags,
        **{key: str(value) for key, value in (inputs.get("tags") or {}).items()},
    }


def to_form(tags: Mapping[str, str], form: Form) -> Any:
    """Tags as the service writes them, in the order of their keys."""
    if form is Form.MAP:
        return dict(sorted(tags.items()))
    key_name, value_name = form.value
    return [{key_name: key, value_name: value} for key, value in sorted(tags.items())]


def from_form(tags: Any, form: Form) -> dict[str, str]:
    """Tags of an AWS answer as a map, without those that AWS itself adds."""
    if form is Form.MAP:
        pairs = (tags or {}).items()
    else:
        key_name, value_name = form.value
        pairs = ((tag[key_name], tag.get(value_name, "")) for tag in tags or [])
    return {key: value for key, value in sorted(pairs) if not key.startswith("aws:")}


def ec2_tags(kind: str, item: str = "item.Tags") -> Tagging:
    """EC2's way: a specification for each kind of thing that a call makes."""
    return Tagging(
        form=Form.KEY_VALUE,
        create={"TagSpecifications": [{"ResourceType": f"'{kind}'", "Tags": "tags"}]},
        add=Call("create_tags", {"Resources": ["id"], "Tags": "tags"}),
        remove=Call("delete_tags", {"Resources": ["id"], "Tags": "tag_keys[].{Key: @}"}),
        present=item,
    )


def tags_by(
    add: str,
    remove: str,
    target: Mapping[str, Expression],
    *,
    form: Form = Form.KEY_VALUE,
    member: str | None = "Tags",
    added: str = "Tags",
    keys: str = "TagKeys",
    read: str | None = None,
    present: str = "item.Tags",
) -> Tagging:
    """The usual way: one call adds tags, one removes keys, both name their target by the same parameter.

    Args:
        target: parameter and expression that name the resource: ``{"ResourceArn": "outputs.arn"}``.
        member: the create call's parameter, None if it takes no tags.
        added: the add call's parameter.
        read: the listing call, where descriptions carry no tags; `present` then reads its answer, ``tagging``.
    """
    return Tagging(
        form=form,
        create={member: "tags"} if member else {},
        add=Call(add, {**target, added: "tags"}),
        remove=Call(remove, {**target, keys: "tag_keys"}),
        present=present,
        read=Call(read, target) if read else None,
    )

"""Rows of AWS Cloud Map."""

from typing import Any

from twin.aws.resource import Call, Resource, Take
from twin.aws.services.servicediscovery.hooks import find_namespace
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]


def _namespace(token: str, kind: str, **more: Any) -> Resource:
    """A row of one kind of namespace, which Cloud Map makes in the background."""
    return Resource(
        token=token,
        service="servicediscovery",
        id="answer.OperationId",
        create=Call(f"create_{kind}_namespace", takes=Take.ALL),
        updates=(
            Call(
                f"update_{kind}_namespace", {"Id": "id", "Namespace": {"Description": "inputs.description"}}
            ),
        ),
        after_create=find_namespace,
        refresh=True,
        read=Call("get_namespace", {"Id": "id"}, pick="answer.Namespace"),
        delete=(Call("delete_namespace", {"Id": "id"}),),
        defaults={"description": ""},
        tagging=tags_by(
            "tag_resource",
            "untag_resource",
            {"ResourceARN": "outputs.arn || item.Arn"},
            read="list_tags_for_resource",
            present="tagging.Tags",
        ),
        **more,
    )


RESOURCES = (
    _namespace(
        "aws:servicediscovery/httpNamespace:HttpNamespace",
        "http",
        outputs={"httpName": "item.Properties.HttpProperties.HttpName"},
        replaces=frozenset({"name"}),
    ),
    _namespace(
        "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        "private_dns",
        outputs={"hostedZone": "item.Properties.DnsProperties.HostedZoneId"},
        replaces=frozenset({"name", "vpc"}),
        unread={"vpc": "the namespace's zone knows it"},
    ),
)

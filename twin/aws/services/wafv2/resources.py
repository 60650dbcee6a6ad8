"""Rows of AWS WAF."""

from engine.provider import Change
from twin.aws.expressions import Text, Through
from twin.aws.names import Name
from twin.aws.resource import Call, Resource, Take
from twin.aws.services.wafv2.hooks import bodies_by_key, limits_by_kind, show_search_strings, take_lock
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]

_ABSENT = ("WAFNonexistentItemException",)

_ACL = {"Name": "inputs.name", "Scope": "inputs.scope", "Id": "id"}

_FORMS = {
    "Description": "inputs.description || null",
    "AssociationConfig": {"RequestBody": Through(limits_by_kind, "inputs.associationConfig.requestBodies")},
    "CustomResponseBodies": Through(bodies_by_key, "inputs.customResponseBodies"),
}
"""What Pulumi has as lists and WAF by name, and a text that WAF does not take empty."""

_PUT_LOGGING = Call(
    "put_logging_configuration",
    takes=Take.ALL,
    within="LoggingConfiguration",
    pick="answer.LoggingConfiguration",
)

RESOURCES = (
    Resource(
        token="aws:wafv2/webAcl:WebAcl",
        service="wafv2",
        id="answer.Summary.Id",
        name=Name(limit=128, allowed="A-Za-z0-9_-"),
        create=Call("create_web_acl", _FORMS, takes=Take.ALL),
        updates=(
            Call(
                "update_web_acl",
                {**_ACL, **_FORMS, "LockToken": "outputs.lockToken"},
                takes=Take.ALL,
            ),
        ),
        before_update=take_lock,
        before_delete=take_lock,
        after_read=show_search_strings,
        read=Call("get_web_acl", _ACL, pick="answer.merge(WebACL, {LockToken: LockToken})"),
        delete=(Call("delete_web_acl", {**_ACL, "LockToken": "outputs.lockToken"}),),
        outputs={"arn": "item.ARN"},
        replaces=frozenset({"name", "namePrefix", "scope"}),
        absent=_ABSENT,
        unread={
            "associationConfig": "the description has the limits by kind of resource",
            "customResponseBodies": "the description has them by key",
        },
        tagging=tags_by(
            "tag_resource",
            "untag_resource",
            {"ResourceARN": "outputs.arn || item.ARN"},
            read="list_tags_for_resource",
            present="tagging.TagInfoForResource.TagList",
        ),
    ),
    Resource(
        token="aws:wafv2/webAclAssociation:WebAclAssociation",
        service="wafv2",
        id=Text("{inputs.webAclArn},{inputs.resourceArn}"),
        create=Call("associate_web_acl", takes=Take.ALL, pick="answer"),
        read=Call("get_web_acl_for_resource", {"ResourceArn": "inputs.resourceArn"}, pick="answer.WebACL"),
        gone="item.ARN != inputs.webAclArn",
        delete=(Call("disassociate_web_acl", {"ResourceArn": "inputs.resourceArn"}),),
        outputs={"webAclArn": "item.ARN"},
        replaces=frozenset({"webAclArn", "resourceArn"}),
        absent=_ABSENT,
        change=Change.DELETE_BEFORE_REPLACE,
    ),
    Resource(
        token="aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        service="wafv2",
        id="inputs.resourceArn",
        create=_PUT_LOGGING,
        updates=(_PUT_LOGGING,),
        read=Call("get_logging_configuration", {"ResourceArn": "id"}, pick="answer.LoggingConfiguration"),
        delete=(Call("delete_logging_configuration", {"ResourceArn": "id"}),),
        replaces=frozenset({"resourceArn"}),
        absent=_ABSENT,
        change=Change.DELETE_BEFORE_REPLACE,
    ),
)

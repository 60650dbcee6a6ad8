"""Systems Manager's rows."""

from twin.aws.call import Call, Take
from twin.aws.expressions import Text
from twin.aws.names import Name
from twin.aws.resource import Resource
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]

VALUE = "inputs.value || inputs.insecureValue || inputs.valueWo"

PARAMETER = Resource(
    token="aws:ssm/parameter:Parameter",
    service="ssm",
    create=Call("put_parameter", {"Value": VALUE}, takes=Take.ALL, pick="answer"),
    id="inputs.name",
    updates=(Call("put_parameter", {"Value": VALUE, "Overwrite": True}, takes=Take.ALL),),
    read=Call("get_parameter", {"Name": "id", "WithDecryption": True}, pick="answer.Parameter"),
    also={
        "described": Call(
            "describe_parameters",
            {"ParameterFilters": [{"Key": "'Name'", "Option": "'Equals'", "Values": ["id"]}]},
            pick="answer.Parameters[0]",
        )
    },
    delete=(Call("delete_parameter", {"Name": "id"}),),
    tagging=tags_by(
        "add_tags_to_resource",
        "remove_tags_from_resource",
        {"ResourceType": "'Parameter'", "ResourceId": "id"},
        read="list_tags_for_resource",
        present="tagging.TagList",
    ),
    name=Name(limit=1011, allowed=r"\w./-"),
    defaults={"dataType": "text", "description": "", "tier": "Standard"},
    outputs={
        "arn": Text(
            "arn:aws:ssm:{region}:{account}:parameter{starts_with(id, '/') && id || join('', ['/', id])}"
        ),
        "value": "item.Value",
        "insecureValue": "item.Value",
        "tier": "described.Tier",
        "description": "described.Description",
        "keyId": "described.KeyId",
        "allowedPattern": "described.AllowedPattern",
    },
    replaces=frozenset({"name", "dataType"}),
    ignored={
        "overwrite": "creation never overwrites; an update always does",
        "valueWoVersion": "says only that valueWo is to be written again",
    },
    unread={"valueWo": "never kept"},
    secrets=frozenset({"value", "valueWo"}),
)

RESOURCES = (PARAMETER,)

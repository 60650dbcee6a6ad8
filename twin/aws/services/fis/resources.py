"""Rows of AWS Fault Injection Service."""

from twin.aws.expressions import Text, Through
from twin.aws.resource import Call, Resource, Take
from twin.aws.services.fis.hooks import actions_by_name, actions_listed, targets_by_name, targets_listed
from twin.aws.tags import Form, tags_by

__all__ = ["RESOURCES"]

_ARN = Text("arn:aws:fis:{region}:{account}:experiment-template/{id}")

_FORMS = {
    "actions": Through(actions_by_name, "inputs.actions"),
    "targets": Through(targets_by_name, "inputs.targets"),
}
"""What Pulumi has as lists and FIS by name."""

RESOURCES = (
    Resource(
        token="aws:fis/experimentTemplate:ExperimentTemplate",
        service="fis",
        id="answer.experimentTemplate.id",
        create=Call("create_experiment_template", _FORMS, takes=Take.ALL, pick="answer.experimentTemplate"),
        updates=(Call("update_experiment_template", {"id": "id", **_FORMS}, takes=Take.CHANGED),),
        read=Call("get_experiment_template", {"id": "id"}, pick="answer.experimentTemplate"),
        delete=(Call("delete_experiment_template", {"id": "id"}),),
        outputs={
            "actions": Through(actions_listed, "item.actions"),
            "targets": Through(targets_listed, "item.targets"),
        },
        tagging=tags_by(
            "tag_resource",
            "untag_resource",
            {"resourceArn": _ARN},
            form=Form.MAP,
            member="tags",
            added="tags",
            keys="tagKeys",
            present="item.tags",
        ),
    ),
)

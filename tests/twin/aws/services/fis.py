"""Samples of Fault Injection Service."""

from tests.twin.aws.sample import Sample


def stopped(share: str) -> list[dict[str, object]]:
    return [
        {
            "name": "portal",
            "resourceType": "aws:ecs:task",
            "selectionMode": share,
            "resourceTags": [{"key": "service", "value": "portal"}],
        }
    ]


TEMPLATE = Sample(
    "aws:fis/experimentTemplate:ExperimentTemplate",
    {
        "description": "Half of the portal's tasks stop.",
        "roleArn": "arn:aws:iam::123456789012:role/fis",
        "stopConditions": [
            {
                "source": "aws:cloudwatch:alarm",
                "value": "arn:aws:cloudwatch:eu-west-2:123456789012:alarm:stop",
            }
        ],
        "actions": [
            {
                "name": "calm",
                "actionId": "aws:fis:wait",
                "parameters": [{"key": "duration", "value": "PT1M"}],
            },
            {
                "name": "stop",
                "actionId": "aws:ecs:stop-task",
                "startAfters": ["calm"],
                "target": {"key": "Tasks", "value": "portal"},
            },
        ],
        "targets": stopped("PERCENT(50)"),
        "experimentOptions": {"accountTargeting": "single-account", "emptyTargetResolutionMode": "fail"},
    },
    changes={"description": "A third of the portal's tasks stop.", "targets": stopped("PERCENT(33)")},
)

SAMPLES = (TEMPLATE,)

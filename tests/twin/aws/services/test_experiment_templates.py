"""Experiment templates, in Pulumi's form and in FIS's."""

from twin.aws.services.fis.hooks import actions_by_name, actions_listed, targets_by_name, targets_listed

ACTIONS = [
    {"name": "calm", "actionId": "aws:fis:wait", "parameters": [{"key": "duration", "value": "PT1M"}]},
    {
        "name": "stop",
        "actionId": "aws:ecs:stop-task",
        "startAfters": ["calm"],
        "target": {"key": "Tasks", "value": "portal"},
    },
]
ACTIONS_BY_NAME = {
    "calm": {"actionId": "aws:fis:wait", "parameters": {"duration": "PT1M"}},
    "stop": {"actionId": "aws:ecs:stop-task", "startAfter": ["calm"], "targets": {"Tasks": "portal"}},
}
TARGETS = [
    {
        "name": "portal",
        "resourceType": "aws:ecs:task",
        "selectionMode": "COUNT(1)",
        "resourceTags": [{"key": "service", "value": "portal"}],
    }
]
TARGETS_BY_NAME = {
    "portal": {
        "resourceType": "aws:ecs:task",
        "selectionMode": "COUNT(1)",
        "resourceTags": {"service": "portal"},
    }
}


def test_actions_go_by_name_and_come_back_the_same() -> None:
    assert actions_by_name(ACTIONS) == ACTIONS_BY_NAME
    assert actions_listed(ACTIONS_BY_NAME) == ACTIONS


def test_targets_go_by_name_and_come_back_the_same() -> None:
    assert targets_by_name(TARGETS) == TARGETS_BY_NAME
    assert targets_listed(TARGETS_BY_NAME) == TARGETS

"""Samples of Systems Manager."""

from tests.twin.aws.sample import Sample

SAMPLES = (
    Sample(
        "aws:ssm/parameter:Parameter",
        {"name": "/estate/local/families", "type": "String", "value": "{}", "description": "A benefit."},
        changes={"value": '{"enabled": true}'},
        outputs=("arn", "version"),
    ),
    Sample(
        "aws:ssm/parameter:Parameter",
        {"name": "/estate/local/token", "type": "SecureString", "value": "not for logs"},
        label="secure",
    ),
)

"""Samples of Secrets Manager."""

from tests.twin.aws.sample import Ref, Sample

SECRET = Sample(
    "aws:secretsmanager/secret:Secret",
    {
        "description": "A partner's credentials.",
        "kmsKeyId": "alias/estate",
        "recoveryWindowInDays": 7,
        "policy": '{"Version":"2012-10-17","Statement":[]}',
    },
    changes={"description": "The partner's credentials.", "kmsKeyId": "alias/partners"},
    outputs=("arn", "name"),
)
REPLICATED = Sample(
    "aws:secretsmanager/secret:Secret",
    {"recoveryWindowInDays": 0, "replicas": [{"region": "eu-west-1"}]},
    changes={"replicas": []},
    outputs=("arn",),
    label="replicated",
)
VERSION = Sample(
    "aws:secretsmanager/secretVersion:SecretVersion",
    {"secretId": Ref("secret"), "secretString": "correct horse battery"},
    needs={"secret": SECRET},
    outputs=("arn", "versionId", "versionStages"),
    stays=True,
)
POLICY = Sample(
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    {
        "secretArn": Ref("secret", "arn"),
        "policy": '{"Version":"2012-10-17","Statement":[]}',
        "blockPublicPolicy": True,
    },
    needs={"secret": Sample("aws:secretsmanager/secret:Secret", {})},
)
ROTATION = Sample(
    "aws:secretsmanager/secretRotation:SecretRotation",
    {
        "secretId": Ref("secret"),
        "rotationLambdaArn": "arn:aws:lambda:eu-west-2:123456789012:function:rotation",
        "rotationRules": {"automaticallyAfterDays": 30},
        "rotateImmediately": False,
    },
    needs={"secret": SECRET, "version": VERSION},
    changes={"rotationRules": {"automaticallyAfterDays": 7}},
    outputs=("rotationEnabled",),
)

SAMPLES = (SECRET, REPLICATED, VERSION, POLICY, ROTATION)

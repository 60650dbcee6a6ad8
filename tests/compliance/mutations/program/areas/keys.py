"""Keys and secrets."""

import json

import pulumi_aws as aws

from tests.compliance.mutations.program.areas.given import Area, given, wanted

__all__ = ["Keys"]

ROOT = "arn:aws:iam::123456789012:root"


def policy(principal: object) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Keys(Area):
    def build(self) -> None:
        key = aws.kms.Key(  # at: key
            "key",
            **given("key", enable_key_rotation=True, is_enabled=True, policy=policy({"AWS": ROOT})),
            opts=self.child,
        )
        secret = aws.secretsmanager.Secret(  # at: secret
            "secret", **given("secret", name="partner", kms_key_id=key.arn), opts=self.child
        )
        if wanted("rotation"):
            aws.secretsmanager.SecretRotation(  # at: rotation
                "rotation",
                **given(
                    "rotation",
                    secret_id=secret.id,
                    rotation_lambda_arn="arn:aws:lambda:eu-west-2:123456789012:function:rotate",
                    rotation_rules={"automatically_after_days": 30},
                ),
                opts=self.child,
            )
        aws.ssm.Parameter(  # at: parameter
            "parameter", **given("parameter", type="SecureString", key_id=key.id, value="x"), opts=self.child
        )
        aws.cloudwatch.LogGroup(  # at: log-group
            "log-group", **given("log-group", retention_in_days=400, kms_key_id=key.arn), opts=self.child
        )
        trail = given(
            "trail",
            s3_bucket_name="audit",
            is_multi_region_trail=True,
            enable_log_file_validation=True,
            kms_key_id=key.arn,
            cloud_watch_logs_group_arn="arn:aws:logs:eu-west-2:123456789012:log-group:audit:*",
            sns_topic_name="audit",
        )
        aws.cloudtrail.Trail("trail", **trail, opts=self.child)  # at: trail

"""Samples of IAM."""

import json

from tests.twin.aws.sample import Ref, Sample


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def grant(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


BOUNDARY = Sample("aws:iam/policy:Policy", {"policy": grant("s3:*"), "namePrefix": "boundary"})
ROLE = Sample(
    "aws:iam/role:Role",
    {
        "name": "payments-task",
        "assumeRolePolicy": trust("ecs-tasks.amazonaws.com"),
        "description": "What the payments tasks may do.",
        "path": "/services/",
        "permissionsBoundary": Ref("boundary"),
    },
    needs={"boundary": BOUNDARY},
    changes={
        "assumeRolePolicy": trust("lambda.amazonaws.com"),
        "description": "What the payments function may do.",
        "maxSessionDuration": 7200,
    },
    outputs=("arn", "uniqueId"),
)
POLICY = Sample(
    "aws:iam/policy:Policy",
    {"name": "read-queues", "policy": grant("sqs:ReceiveMessage"), "description": "Reads."},
    changes={"policy": grant("sqs:ReceiveMessage", "sqs:DeleteMessage")},
    outputs=("arn", "policyId"),
)
PLAIN_ROLE = Sample("aws:iam/role:Role", {"assumeRolePolicy": trust("ecs-tasks.amazonaws.com")})

SAMPLES = (
    ROLE,
    Sample(
        "aws:iam/role:Role",
        {
            "assumeRolePolicy": trust("ecs-tasks.amazonaws.com"),
            "managedPolicyArns": [Ref("policy", "arn")],
            "inlinePolicies": [{"name": "logs", "policy": grant("logs:PutLogEvents")}],
        },
        needs={"policy": BOUNDARY},
        changes={
            "managedPolicyArns": [],
            "inlinePolicies": [{"name": "keys", "policy": grant("kms:Decrypt")}],
        },
        label="with-policies",
    ),
    Sample(
        "aws:iam/rolePolicy:RolePolicy",
        {"role": Ref("role"), "name": "queues", "policy": grant("sqs:SendMessage")},
        needs={"role": PLAIN_ROLE},
        changes={"policy": grant("sqs:SendMessage", "sqs:GetQueueUrl")},
    ),
    POLICY,
    Sample(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {"role": Ref("role"), "policyArn": Ref("policy", "arn")},
        needs={"role": PLAIN_ROLE, "policy": BOUNDARY},
    ),
    Sample(
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        {
            "url": "https://token.actions.githubusercontent.com",
            "clientIdLists": ["sts.amazonaws.com"],
            "thumbprintLists": ["6938fd4d98bab03faadb97b34396831e3780aea1"],
        },
        changes={"thumbprintLists": ["990f4193972f2becf12ddeda5237f9c952f20d9e"]},
        outputs=("arn",),
    ),
)

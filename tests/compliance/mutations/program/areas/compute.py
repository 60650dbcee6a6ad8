"""Instances, containers, functions."""

import json

import pulumi_aws as aws

from tests.compliance.mutations.program.areas.given import Area, given

__all__ = ["Compute"]

KEY = "arn:aws:kms:eu-west-2:123456789012:key/00000000-0000-0000-0000-000000000000"
ROLE = "arn:aws:iam::123456789012:role/compute"


def _container(**changed: object) -> str:
    return json.dumps([{"name": "app", "image": "app@sha256:0", "readonlyRootFilesystem": True, **changed}])


class Compute(Area):
    def build(self) -> None:
        profile = aws.iam.InstanceProfile("instance-profile", role="compute", opts=self.child)
        aws.ec2.Instance(  # at: instance
            "instance",
            **given(
                "instance",
                ami="ami-0123456789abcdef0",
                instance_type="t3.micro",
                monitoring=True,
                ebs_optimized=True,
                iam_instance_profile=profile.name,
                associate_public_ip_address=False,
                metadata_options={"http_endpoint": "enabled", "http_tokens": "required"},
                root_block_device={"encrypted": True, "kms_key_id": KEY},
            ),
            opts=self.child,
        )
        aws.ec2.LaunchTemplate(  # at: launch-template
            "launch-template",
            **given(
                "launch-template",
                metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 1},
                block_device_mappings=[{"device_name": "/dev/xvda", "ebs": {"encrypted": "true"}}],
            ),
            opts=self.child,
        )
        cluster = aws.ecs.Cluster(  # at: cluster
            "cluster",
            **given("cluster", settings=[{"name": "containerInsights", "value": "enabled"}]),
            opts=self.child,
        )
        task = aws.ecs.TaskDefinition(  # at: task-definition
            "task-definition",
            **given(
                "task-definition",
                family="app",
                network_mode="awsvpc",
                container_definitions=_container(),
                execution_role_arn=ROLE,
                task_role_arn=ROLE,
                volumes=[
                    {
                        "name": "shared",
                        "efs_volume_configuration": {
                            "file_system_id": "fs-0123",
                            "transit_encryption": "ENABLED",
                        },
                    }
                ],
            ),
            opts=self.child,
        )
        aws.ecs.Service(  # at: service
            "service",
            **given(
                "service",
                cluster=cluster.arn,
                task_definition=task.arn,
                launch_type="FARGATE",
                platform_version="LATEST",
                network_configuration={"subnets": ["subnet-1"], "assign_public_ip": False},
            ),
            opts=self.child,
        )
        signing = aws.lambda_.CodeSigningConfig(
            "code-signing",
            allowed_publishers={
                "signing_profile_version_arns": [
                    "arn:aws:signer:eu-west-2:123456789012:/signing-profiles/p/1"
                ]
            },
            opts=self.child,
        )
        aws.lambda_.Function(  # at: function
            "function",
            **given(
                "function",
                name="rotate",
                role=ROLE,
                runtime="python3.13",
                handler="app.main",
                s3_bucket="code",
                s3_key="app.zip",
                code_signing_config_arn=signing.arn,
                kms_key_arn=KEY,
                reserved_concurrent_executions=2,
                tracing_config={"mode": "Active"},
                dead_letter_config={"target_arn": "arn:aws:sqs:eu-west-2:123456789012:dead"},
                vpc_config={"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]},
                environment={"variables": {"STAGE": "test"}},
            ),
            opts=self.child,
        )
        aws.lambda_.Permission(  # at: function-permission
            "function-permission",
            **given(
                "function-permission",
                action="lambda:InvokeFunction",
                function="rotate",
                principal="sns.amazonaws.com",
                source_arn="arn:aws:sns:eu-west-2:123456789012:topic",
            ),
            opts=self.child,
        )

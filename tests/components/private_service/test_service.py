"""The service itself: its children, its deployments, its place in the mesh, its outputs."""

from components.private_service import MeshArgs, MeshTlsArgs
from tests.components.private_service.declaration import LISTENER, TAGS, declare
from tests.components.recording import ACCOUNT

SERVICE = "aws:ecs/service:Service"
LOG_OPTIONS = {
    "awslogs-group": "/ecs/case",
    "awslogs-region": "eu-west-2",
    "awslogs-stream-prefix": "mesh",
    "mode": "non-blocking",
    "max-buffer-size": "25m",
}


def test_the_least_service_declares_exactly_these_children() -> None:
    assert declare().names == [
        ("aws:appautoscaling/policy:Policy", "case-cpu"),
        ("aws:appautoscaling/target:Target", "case-scaling"),
        ("aws:cloudwatch/compositeAlarm:CompositeAlarm", "case-unwell"),
        ("aws:cloudwatch/logGroup:LogGroup", "case-logs"),
        ("aws:cloudwatch/logMetricFilter:LogMetricFilter", "case-logged-errors"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "case-cpu"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "case-logged-errors"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "case-memory"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "case-running-tasks"),
        ("aws:ec2/securityGroup:SecurityGroup", "case-security-group"),
        (SERVICE, "case-service"),
        ("aws:ecs/taskDefinition:TaskDefinition", "case-task-definition"),
        ("aws:iam/role:Role", "case-execution-role"),
        ("aws:iam/role:Role", "case-task-role"),
        ("aws:iam/rolePolicy:RolePolicy", "case-execution-policy"),
        ("estate:services:PrivateService", "case"),
    ]


def test_a_listener_adds_exactly_these_children() -> None:
    added = set(declare(listener=LISTENER).names) - set(declare().names)
    assert sorted(added) == [
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "case-latency"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "case-server-errors"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "case-unhealthy-hosts"),
        ("aws:lb/listenerRule:ListenerRule", "case-listener-rule"),
        ("aws:lb/targetGroup:TargetGroup", "case-target-group"),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "case-from-load-balancer"),
    ]


def test_every_child_is_the_services_and_carries_its_tags() -> None:
    recording = declare(listener=LISTENER, fault_injection_agent_image="agent:1")
    assert {child.parent for child in recording.resources if not child.is_component} == {"case"}
    assert recording.untagged(TAGS) == []


def test_a_preview_declares_the_same_resources() -> None:
    assert declare(preview=True, listener=LISTENER).names == declare(listener=LISTENER).names


def test_the_service_has_these_inputs_by_default() -> None:
    assert declare().one(SERVICE).inputs == {
        "name": "case",
        "cluster": "cluster-arn",
        "taskDefinition": f"arn:aws:ecs:eu-west-2:{ACCOUNT}:case-task-definition",
        "desiredCount": 3,
        "capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1}],
        "platformVersion": "LATEST",
        "availabilityZoneRebalancing": "ENABLED",
        "networkConfiguration": {
            "subnets": ["subnet-a", "subnet-b", "subnet-c"],
            "securityGroups": ["case-security-group-id"],
            "assignPublicIp": False,
        },
        "deploymentMinimumHealthyPercent": 100,
        "deploymentMaximumPercent": 200,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "alarms": {"enable": True, "rollback": True, "alarmNames": ["case-logged-errors"]},
        "enableExecuteCommand": False,
        "enableEcsManagedTags": True,
        "propagateTags": "SERVICE",
        "tags": TAGS,
    }


def test_the_desired_count_is_left_to_scaling() -> None:
    assert declare().one(SERVICE).ignore_changes == ("desiredCount",)


def test_behind_a_listener_the_service_waits_for_its_rule() -> None:
    service = declare(listener=LISTENER, start_seconds=45).one(SERVICE)
    assert service.inputs["loadBalancers"] == [
        {
            "targetGroupArn": f"arn:aws:lb:eu-west-2:{ACCOUNT}:case-target-group",
            "containerName": "case",
            "containerPort": 8080,
        }
    ]
    assert service.inputs["healthCheckGracePeriodSeconds"] == 45
    assert "case-listener-rule" in service.depends_on


def test_behind_a_listener_errors_and_latency_take_a_deployment_back() -> None:
    alarms = declare(listener=LISTENER).one(SERVICE).inputs["alarms"]
    assert alarms == {"enable": True, "rollback": True, "alarmNames": ["case-server-errors", "case-latency"]}


def test_in_the_mesh_the_service_is_called_by_its_name() -> None:
    mesh = declare(mesh=MeshArgs(namespace_arn="ns")).one(SERVICE).inputs["serviceConnectConfiguration"]
    assert mesh == {
        "enabled": True,
        "namespace": "ns",
        "logConfiguration": {"logDriver": "awslogs", "options": LOG_OPTIONS},
        "accessLogConfiguration": {"format": "JSON", "includeQueryParameters": "DISABLED"},
        "services": [
            {
                "portName": "http",
                "discoveryName": "case",
                "clientAlias": [{"port": 8080, "dnsName": "case"}],
                "timeout": {"idleTimeoutSeconds": 300, "perRequestTimeoutSeconds": 15},
            }
        ],
    }


def test_a_service_that_only_calls_offers_nothing_in_the_mesh() -> None:
    mesh = declare(mesh=MeshArgs(namespace_arn="ns", serves=False)).one(SERVICE).inputs
    assert "services" not in mesh["serviceConnectConfiguration"]


def test_the_mesh_can_be_encrypted() -> None:
    tls = MeshTlsArgs(certificate_authority_arn="ca", role_arn="role", key_arn="key")
    service = declare(mesh=MeshArgs(namespace_arn="ns", tls=tls)).one(SERVICE)
    assert service.inputs["serviceConnectConfiguration"]["services"][0]["tls"] == {
        "issuerCertAuthority": {"awsPcaAuthorityArn": "ca"},
        "kmsKey": "key",
        "roleArn": "role",
    }


def test_a_service_name_of_its_own_is_used_wherever_it_is_looked_up() -> None:
    recording = declare(service_name="case-standby")
    assert recording.one(SERVICE).inputs["name"] == "case-standby"
    assert recording.one("aws:ecs/taskDefinition:TaskDefinition").inputs["family"] == "case-standby"
    assert recording.one("aws:cloudwatch/logGroup:LogGroup").inputs["name"] == "/ecs/case-standby"


def test_the_log_is_encrypted_and_kept_for_a_year() -> None:
    assert declare().one("aws:cloudwatch/logGroup:LogGroup").inputs == {
        "name": "/ecs/case",
        "retentionInDays": 365,
        "kmsKeyId": "arn:aws:kms:eu-west-2:123456789012:key/logs",
        "tags": TAGS,
    }


def test_the_outputs_are_those_of_the_parts() -> None:
    assert declare(listener=LISTENER).component("case").outputs == {
        "service_name": "case",
        "service_arn": f"arn:aws:ecs:eu-west-2:{ACCOUNT}:case-service",
        "task_definition_arn": f"arn:aws:ecs:eu-west-2:{ACCOUNT}:case-task-definition",
        "task_role_arn": f"arn:aws:iam:eu-west-2:{ACCOUNT}:case-task-role",
        "task_role_name": "case-task-role",
        "execution_role_arn": f"arn:aws:iam:eu-west-2:{ACCOUNT}:case-execution-role",
        "security_group_id": "case-security-group-id",
        "target_group_arn": f"arn:aws:lb:eu-west-2:{ACCOUNT}:case-target-group",
        "target_group_arn_suffix": "targetgroup/case-target-group/0123456789abcdef",
        "log_group_name": "/ecs/case",
        "scaling_resource_id": "service/estate/case",
        "alarm_arn_by_name": {
            name: f"arn:aws:cloudwatch:eu-west-2:{ACCOUNT}:case-{name}"
            for name in (
                "cpu",
                "latency",
                "logged-errors",
                "memory",
                "running-tasks",
                "server-errors",
                "unhealthy-hosts",
                "unwell",
            )
        },
    }

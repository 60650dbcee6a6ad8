"""What samples need around them: a network, a key, a role, and one of each thing that others refer to."""

import json
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config

__all__ = ["REGION", "Clients", "build", "clients_of"]

REGION = "eu-west-2"

Clients = Callable[..., Any]


def clients_of(endpoint: str) -> Clients:
    """Makes clients of the emulator: ``clients("ec2")``, ``clients("rds", "eu-west-1")``."""
    session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "secret")
    made: dict[tuple[str, str], Any] = {}

    def client(service: str, region: str = REGION) -> Any:
        if (service, region) not in made:
            config = Config(retries={"total_max_attempts": 1}, parameter_validation=True)
            made[service, region] = session.client(service, region, endpoint_url=endpoint, config=config)
        return made[service, region]

    return client


def build(clients: Clients) -> dict[str, Any]:
    """The world, by the names that samples use."""
    world = _network(clients("ec2"))
    world["key"] = clients("kms").create_key()["KeyMetadata"]["Arn"]
    world.update(_identity(clients("iam")))
    world.update(_messaging(clients))
    world.update(_balancing(clients, world))
    world.update(_containers(clients, world))
    world.update(_stores(clients, world))
    world.update(_watching(clients))
    return world


def _network(ec2: Any) -> dict[str, Any]:
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    # moto starts tasks in networks with host names only.
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnets = {
        f"subnet_{zone}": ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=f"{REGION}{zone}"
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate("abc")
    }
    return {
        "vpc": vpc,
        **subnets,
        "security_group": ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"],
        "route_table": ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"],
        "network_acl": ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"],
        "allocation": ec2.allocate_address(Domain="vpc")["AllocationId"],
    }


def _watching(clients: Clients) -> dict[str, Any]:
    clients("cloudwatch").put_metric_alarm(
        AlarmName="world",
        Namespace="Estate",
        MetricName="Depth",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
    )
    return {"alarm": "world"}


def _identity(iam: Any) -> dict[str, Any]:
    trust = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                },
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "s3.amazonaws.com"},
                    # A bucket's ARN names no account, and S3 says it all the same.
                    "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
                },
            ],
        }
    )
    policy = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}
    )
    role = iam.create_role(RoleName="world", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    everything = {"Effect": "Allow", "Action": ["s3:*", "secretsmanager:*"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.put_role_policy(RoleName="world", PolicyName="everything", PolicyDocument=document)
    return {
        "trust": trust,
        "policy": iam.create_policy(PolicyName="p", PolicyDocument=policy)["Policy"]["Arn"],
        "role": role,
    }


def _messaging(clients: Clients) -> dict[str, Any]:
    sqs, events = clients("sqs"), clients("events")
    url = sqs.create_queue(QueueName="world")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    bus_arn = events.create_event_bus(Name="world")["EventBusArn"]
    events.put_rule(Name="world", EventBusName="world", EventPattern='{"source": ["estate"]}')
    return {
        "queue_url": url,
        "queue_arn": arn,
        "topic": clients("sns").create_topic(Name="world")["TopicArn"],
        "bus": "world",
        "bus_arn": bus_arn,
        "rule": "world",
    }


def _balancing(clients: Clients, world: dict[str, Any]) -> dict[str, Any]:
    elbv2 = clients("elbv2")
    balancer = elbv2.create_load_balancer(Name="world", Subnets=[world["subnet_a"], world["subnet_b"]])
    arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    group = elbv2.create_target_group(
        Name="world", Protocol="HTTP", Port=8080, VpcId=world["vpc"], TargetType="ip"
    )
    group_arn = group["TargetGroups"][0]["TargetGroupArn"]
    listener = elbv2.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTP",
        Port=8080,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group_arn}],
    )
    clients("s3").create_bucket(Bucket="world-logs", CreateBucketConfiguration={"LocationConstraint": REGION})
    return {
        "load_balancer": arn,
        "target_group": group_arn,
        "listener": listener["Listeners"][0]["ListenerArn"],
        "bucket": "world-logs",
        "certificate": clients("acm").request_certificate(
            DomainName="world.gov.scot", ValidationMethod="DNS"
        )["CertificateArn"],
    }


def _containers(clients: Clients, world: dict[str, Any]) -> dict[str, Any]:
    ecs, scaling = clients("ecs"), clients("application-autoscaling")
    ecs.create_cluster(clusterName="base")
    definition = ecs.register_task_definition(
        family="base",
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        requiresCompatibilities=["FARGATE"],
        containerDefinitions=[{"name": "app", "image": "i", "portMappings": [{"containerPort": 8080}]}],
    )
    ecs.create_service(cluster="base", serviceName="web", taskDefinition="base", desiredCount=0)
    scaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/base/web",
        MinCapacity=1,
        MaxCapacity=9,
        ScalableDimension="ecs:service:DesiredCount",
    )
    return {
        "cluster": "base",
        "task_definition": definition["taskDefinition"]["taskDefinitionArn"],
        "scalable": "service/base/web",
    }


def _stores(clients: Clients, world: dict[str, Any]) -> dict[str, Any]:
    rds, cache, backup = clients("rds"), clients("elasticache"), clients("backup")
    subnets = [world["subnet_a"], world["subnet_b"], world["subnet_c"]]
    rds.create_db_subnet_group(DBSubnetGroupName="sample-db", DBSubnetGroupDescription="d", SubnetIds=subnets)
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="sample-cluster",
        Description="d",
        DBParameterGroupFamily="aurora-postgresql16",
    )
    rds.create_db_cluster(
        DBClusterIdentifier="base",
        Engine="aurora-postgresql",
        MasterUsername="u",
        MasterUserPassword="never-shown-1",
    )
    cache.create_cache_subnet_group(
        CacheSubnetGroupName="sample-cache", CacheSubnetGroupDescription="d", SubnetIds=subnets
    )
    backup.create_backup_vault(BackupVaultName="world")
    plan = backup.create_backup_plan(
        BackupPlan={"BackupPlanName": "world", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "world"}]}
    )
    logs = clients("logs")
    logs.create_log_group(logGroupName="aws-waf-logs-world")
    acl = clients("wafv2").create_web_acl(
        Name="world",
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig={
            "SampledRequestsEnabled": False,
            "CloudWatchMetricsEnabled": False,
            "MetricName": "w",
        },
    )
    return {
        "db_cluster": "base",
        "vault": "world",
        "plan": plan["BackupPlanId"],
        "secret": clients("secretsmanager").create_secret(Name="world", SecretString="never-shown-2")["ARN"],
        "function": f"arn:aws:lambda:{REGION}:123456789012:function:rotate",
        "web_acl": acl["Summary"]["ARN"],
        "waf_logs": f"arn:aws:logs:{REGION}:123456789012:log-group:aws-waf-logs-world",
    }

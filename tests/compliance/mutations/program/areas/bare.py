"""Resources with as little said of them as can be, which fail whatever checks look for."""

import json

import pulumi_aws as aws

from tests.compliance.mutations.program.areas.given import Area

__all__ = ["Bare"]

ROLE = "arn:aws:iam::123456789012:role/bare"
ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


class Bare(Area):
    def build(self) -> None:
        self._stores()
        self._computes()
        self._guards()

    def _stores(self) -> None:
        aws.s3.Bucket("bare-bucket", opts=self.child)
        aws.ebs.Volume("bare-volume", availability_zone="eu-west-2a", size=1, opts=self.child)
        aws.rds.Instance("bare-postgres", instance_class="db.t4g.micro", engine="postgres", opts=self.child)
        aws.rds.Cluster("bare-aurora", engine="aurora-mysql", opts=self.child)
        aws.docdb.Cluster("bare-documents", engine="docdb", opts=self.child)
        aws.neptune.Cluster("bare-graph", opts=self.child)
        aws.redshift.Cluster(
            "bare-warehouse", cluster_identifier="bare", node_type="ra3.large", opts=self.child
        )
        aws.dynamodb.Table(
            "bare-table", hash_key="id", attributes=[{"name": "id", "type": "S"}], opts=self.child
        )
        aws.elasticache.ReplicationGroup("bare-cache", description="Bare", opts=self.child)
        aws.opensearch.Domain("bare-search", opts=self.child)
        aws.sqs.Queue("bare-queue", opts=self.child)
        aws.sns.Topic("bare-topic", opts=self.child)
        aws.kinesis.Stream("bare-stream", opts=self.child)
        aws.efs.FileSystem("bare-files", opts=self.child)

    def _computes(self) -> None:
        aws.ec2.Instance("bare-instance", ami="ami-0", instance_type="t3.micro", opts=self.child)
        aws.lambda_.Function(
            "bare-function",
            name="bare",
            role=ROLE,
            runtime="python3.8",
            handler="a.b",
            s3_bucket="b",
            s3_key="k",
            opts=self.child,
        )
        aws.ecr.Repository("bare-images", name="bare", opts=self.child)
        aws.ecs.Cluster("bare-containers", opts=self.child)
        aws.eks.Cluster(
            "bare-kubernetes", role_arn=ROLE, vpc_config={"subnet_ids": ["subnet-1"]}, opts=self.child
        )
        aws.msk.Cluster(
            "bare-log",
            kafka_version="3.8.x",
            number_of_broker_nodes=3,
            broker_node_group_info={
                "instance_type": "kafka.m7g.large",
                "client_subnets": ["subnet-1"],
                "security_groups": ["sg-1"],
            },
            opts=self.child,
        )
        aws.batch.JobDefinition(
            "bare-job",
            name="bare",
            type="container",
            container_properties=json.dumps({"image": "a", "privileged": True}),
            opts=self.child,
        )

    def _guards(self) -> None:
        aws.kms.Key("bare-key", opts=self.child)
        aws.secretsmanager.Secret("bare-secret", opts=self.child)
        aws.iam.Policy(
            "bare-policy",
            policy=json.dumps({"Version": "2012-10-17", "Statement": [ANYTHING]}),
            opts=self.child,
        )
        group = aws.ec2.SecurityGroup(
            "bare-group",
            ingress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
            egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
            opts=self.child,
        )
        balancer = aws.lb.LoadBalancer("bare-balancer", security_groups=[group.id], opts=self.child)
        aws.lb.Listener(
            "bare-listener",
            load_balancer_arn=balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[{"type": "forward", "target_group_arn": "arn:aws:targets"}],
            opts=self.child,
        )
        aws.cloudtrail.Trail("bare-trail", s3_bucket_name="audit", opts=self.child)
        aws.cloudwatch.LogGroup("bare-logs", opts=self.child)
        aws.cloudfront.Distribution(
            "bare-edge",
            enabled=True,
            origins=[{"origin_id": "o", "domain_name": "a.example.gov.scot"}],
            default_cache_behavior={
                "target_origin_id": "o",
                "viewer_protocol_policy": "allow-all",
                "allowed_methods": ["GET", "HEAD"],
                "cached_methods": ["GET", "HEAD"],
            },
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            viewer_certificate={"cloudfront_default_certificate": True},
            opts=self.child,
        )

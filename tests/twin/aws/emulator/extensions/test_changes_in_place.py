"""Small changes in place that stock moto refuses, one service each."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served


def test_a_certificates_options_can_be_changed(mended: Served) -> None:
    acm = mended.clients("acm")
    arn = acm.request_certificate(DomainName="changed.gov.scot", ValidationMethod="DNS")["CertificateArn"]
    options = {"CertificateTransparencyLoggingPreference": "DISABLED"}
    acm.update_certificate_options(CertificateArn=arn, Options=options)
    shown = acm.describe_certificate(CertificateArn=arn)["Certificate"]["Options"]
    assert shown["CertificateTransparencyLoggingPreference"] == "DISABLED"


def test_an_event_bus_can_be_changed(mended: Served) -> None:
    events = mended.clients("events")
    events.create_event_bus(Name="changed", Description="before", LogConfig={"Level": "ERROR"})
    letters = {"Arn": mended.world["queue_arn"]}
    events.update_event_bus(Name="changed", Description="after", DeadLetterConfig=letters)
    bus = events.describe_event_bus(Name="changed")
    shown = bus["Description"], bus["DeadLetterConfig"], bus["LogConfig"]
    assert shown == ("after", letters, {"Level": "ERROR"})


def test_a_detectors_tags_can_be_changed(mended: Served) -> None:
    guardduty = mended.clients("guardduty")
    detector_id = guardduty.create_detector(Enable=True, Tags={"owner": "a"})["DetectorId"]
    arn = f"arn:aws:guardduty:eu-west-2:123456789012:detector/{detector_id}"
    guardduty.tag_resource(ResourceArn=arn, Tags={"team": "b"})
    guardduty.untag_resource(ResourceArn=arn, TagKeys=["owner"])
    assert guardduty.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "b"}
    assert guardduty.get_detector(DetectorId=detector_id)["Tags"] == {"team": "b"}


def test_an_identity_providers_audiences_can_be_changed(mended: Served) -> None:
    iam = mended.clients("iam")
    named = {
        "OpenIDConnectProviderArn": iam.create_open_id_connect_provider(
            Url="https://changed.example.org", ClientIDList=["before"], ThumbprintList=["0" * 40]
        )["OpenIDConnectProviderArn"]
    }
    iam.add_client_id_to_open_id_connect_provider(**named, ClientID="after")
    iam.remove_client_id_from_open_id_connect_provider(**named, ClientID="before")
    assert iam.get_open_id_connect_provider(**named)["ClientIDList"] == ["after"]


def test_a_metric_filter_that_is_put_again_replaces_the_first(mended: Served) -> None:
    logs = mended.clients("logs")
    logs.create_log_group(logGroupName="/filtered")
    named = {"logGroupName": "/filtered", "filterName": "errors"}
    metric = [{"metricName": "errors", "metricNamespace": "Estate", "metricValue": "1"}]
    for pattern in ("ERROR", "FATAL"):
        logs.put_metric_filter(**named, filterPattern=pattern, metricTransformations=metric)
    found = logs.describe_metric_filters(logGroupName="/filtered")["metricFilters"]
    assert [it["filterPattern"] for it in found] == ["FATAL"]


def test_a_queues_policy_stays_when_another_attribute_is_set(mended: Served) -> None:
    sqs = mended.clients("sqs")
    statement = {
        "Sid": "s",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    url = sqs.create_queue(QueueName="policed", Attributes={"Policy": policy})["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "5"})
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy", "DelaySeconds"])["Attributes"]
    assert (json.loads(shown["Policy"]), shown["DelaySeconds"]) == (json.loads(policy), "5")


def test_a_replica_key_has_aliases_of_its_own(mended: Served) -> None:
    kms, there = mended.clients("kms"), mended.clients("kms", "eu-west-1")
    key_id = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    kms.replicate_key(KeyId=key_id, ReplicaRegion="eu-west-1")
    kms.create_alias(AliasName="alias/replicated", TargetKeyId=key_id)
    there.create_alias(AliasName="alias/replicated", TargetKeyId=key_id)
    there.delete_alias(AliasName="alias/replicated")
    assert [it["AliasName"] for it in kms.list_aliases(KeyId=key_id)["Aliases"]] == ["alias/replicated"]
    assert there.list_aliases(KeyId=key_id)["Aliases"] == []


def test_a_secrets_replica_is_under_the_key_that_was_given_for_it(mended: Served) -> None:
    secrets = mended.clients("secretsmanager")
    replica = {"Region": "eu-west-1", "KmsKeyId": "arn:aws:kms:eu-west-1:123456789012:key/there"}
    secrets.create_secret(Name="replicated", SecretString="never-shown-4", AddReplicaRegions=[replica])
    status = secrets.describe_secret(SecretId="replicated")["ReplicationStatus"]
    assert [(it["Region"], it["KmsKeyId"]) for it in status] == [tuple(replica.values())]


def test_a_composite_alarms_tags_can_be_changed(mended: Served) -> None:
    alarms = mended.clients("cloudwatch")
    tags = [{"Key": "owner", "Value": "a"}]
    alarms.put_composite_alarm(AlarmName="tagged", AlarmRule="FALSE", Tags=tags)
    arn = "arn:aws:cloudwatch:eu-west-2:123456789012:alarm:tagged"
    alarms.tag_resource(ResourceARN=arn, Tags=[{"Key": "team", "Value": "b"}])
    alarms.untag_resource(ResourceARN=arn, TagKeys=["owner"])
    assert alarms.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "team", "Value": "b"}]


@pytest.mark.parametrize(
    ("operation", "more"),
    [("deregister_scalable_target", {}), ("delete_scaling_policy", {"PolicyName": "nobody-made-it"})],
)
def test_what_does_not_scale_is_said_to_be_absent(
    mended: Served, operation: str, more: dict[str, str]
) -> None:
    scaling = mended.clients("application-autoscaling")
    with pytest.raises(ClientError, match="ObjectNotFoundException"):
        getattr(scaling, operation)(
            ServiceNamespace="ecs",
            ResourceId="service/base/nobody-made-it",
            ScalableDimension="ecs:service:DesiredCount",
            **more,
        )

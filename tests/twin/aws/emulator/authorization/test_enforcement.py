"""Sessions of roles against the emulator, as boto3 sees it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.authorization.roles import ACCOUNT, Sessions, assumed, client, document, trusting
from tests.twin.aws.emulator.conftest import Served
from tests.twin.aws.emulator.reporting import send

QUEUE = f"arn:aws:sqs:eu-west-2:{ACCOUNT}:enforced"


def allow(action: Any, resource: Any = "*", **elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **elements}


def refused(call: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error: Mapping[str, Any] = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.fixture(scope="module")
def sessions(extended: Served) -> Sessions:
    return Sessions(extended)


@pytest.fixture(scope="module")
def key(extended: Served) -> str:
    return extended.clients("kms").create_key()["KeyMetadata"]["Arn"]


@pytest.fixture(scope="module")
def queue(extended: Served, key: str) -> str:
    made = extended.clients("sqs").create_queue(QueueName="enforced", Attributes={"KmsMasterKeyId": key})
    return made["QueueUrl"]


def test_a_session_does_what_its_role_may_and_what_it_may_counts_at_once(
    sessions: Sessions, queue: str, key: str
) -> None:
    sqs = sessions.client("sqs")
    sessions.may(allow("sqs:SendMessage", QUEUE), allow(["kms:GenerateDataKey", "kms:Decrypt"], key))
    sqs.send_message(QueueUrl=queue, MessageBody="a")
    entries = [{"Id": "1", "MessageBody": "b"}]
    sqs.send_message_batch(QueueUrl=queue, Entries=entries)
    sessions.may(allow("sqs:ReceiveMessage", QUEUE), allow("kms:Decrypt", key))
    assert refused(sqs.send_message, QueueUrl=queue, MessageBody="c") == (
        "AccessDenied",
        f"User: {sessions.session_arn} is not authorized to perform: sqs:sendmessage on resource: {QUEUE} because no "
        "identity-based policy allows the sqs:sendmessage action",
    )
    assert sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "a"


def test_a_queue_whose_key_the_role_may_not_use_takes_no_message(
    extended: Served, sessions: Sessions, queue: str, key: str
) -> None:
    sqs = sessions.client("sqs")
    sessions.may(allow("sqs:*", QUEUE), allow("kms:Decrypt", key))
    code, message = refused(sqs.send_message, QueueUrl=queue, MessageBody="a")
    assert code == "KmsAccessDenied"
    assert "kms:GenerateDataKey" in message
    through_s3 = {"StringEquals": {"kms:ViaService": "s3.eu-west-2.amazonaws.com"}}
    through_sqs = {"StringEquals": {"kms:ViaService": "sqs.eu-west-2.amazonaws.com"}}
    sessions.may(allow("sqs:*", QUEUE), allow("kms:*", key, Condition=through_s3))
    assert refused(sqs.send_message, QueueUrl=queue, MessageBody="a")[0] == "KmsAccessDenied"
    sessions.may(allow("sqs:*", QUEUE), allow("kms:*", key, Condition=through_sqs))
    sqs.send_message(QueueUrl=queue, MessageBody="a")


def _encrypted(served: Served, key: str) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """A call on something that is encrypted with the key, by what it is."""
    s3, rule = served.clients("s3"), {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    s3.create_bucket(Bucket="sealed", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": rule, "BucketKeyEnabled": True}]}
    s3.put_bucket_encryption(Bucket="sealed", ServerSideEncryptionConfiguration=encryption)
    s3.put_object(Bucket="sealed", Key="k", Body=b"v")
    attributes = {"KmsMasterKeyId": key}
    topic = served.clients("sns").create_topic(Name="sealed", Attributes=attributes)["TopicArn"]
    kinesis = served.clients("kinesis")
    kinesis.create_stream(StreamName="sealed", ShardCount=1)
    kinesis.start_stream_encryption(StreamName="sealed", EncryptionType="KMS", KeyId=key)
    served.clients("secretsmanager").create_secret(Name="sealed", SecretString="s", KmsKeyId=key)
    served.clients("ssm").put_parameter(Name="/sealed", Value="v", Type="SecureString", KeyId=key)
    record = {"StreamName": "sealed", "Data": b"d", "PartitionKey": "p"}
    return {
        "KMSAccessDenied": ("sns", "publish", {"TopicArn": topic, "Message": "m"}),
        "KMSAccessDeniedException": ("kinesis", "put_record", record),
        "Access to KMS is not allowed": ("secretsmanager", "get_secret_value", {"SecretId": "sealed"}),
        "kms:Decrypt on": ("ssm", "get_parameter", {"Name": "/sealed", "WithDecryption": True}),
        "kms:GenerateDataKey on": ("s3", "put_object", {"Bucket": "sealed", "Key": "k", "Body": b"w"}),
        "associated with this ciphertext": ("s3", "get_object", {"Bucket": "sealed", "Key": "k"}),
    }


def test_each_service_asks_for_the_key_of_what_is_encrypted(
    extended: Served, sessions: Sessions, key: str
) -> None:
    calls = _encrypted(extended, key)
    sessions.may(allow([f"{service}:*" for service, _, _ in calls.values()]))
    for told, (service, operation, parameters) in calls.items():
        code, message = refused(getattr(sessions.client(service), operation), **parameters)
        assert told in f"{code} {message}"
    sessions.may(allow([f"{service}:*" for service, _, _ in calls.values()]), allow("kms:*", key))
    for service, operation, parameters in calls.values():
        getattr(sessions.client(service), operation)(**parameters)


def test_a_key_that_does_not_leave_it_to_iam_is_closed_to_the_role(
    extended: Served, sessions: Sessions
) -> None:
    kms = extended.clients("kms")
    own = {
        "Effect": "Allow",
        "Principal": {"Service": "logs.amazonaws.com"},
        "Action": "kms:*",
        "Resource": "*",
    }
    made = kms.create_key(Policy=document(own))["KeyMetadata"]["Arn"]
    sessions.may(allow("kms:*"))
    code, message = refused(sessions.client("kms").generate_data_key, KeyId=made, KeySpec="AES_256")
    assert code == "AccessDeniedException"
    assert message.endswith("because no resource-based policy allows the kms:GenerateDataKey action")


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code"),
    [
        ("s3", "list_objects_v2", {"Bucket": "enforced"}, "AccessDenied"),
        (
            "sns",
            "publish",
            {"TopicArn": f"arn:aws:sns:eu-west-2:{ACCOUNT}:t", "Message": "m"},
            "AuthorizationError",
        ),
        ("ssm", "get_parameters_by_path", {"Path": "/estate"}, "AccessDeniedException"),
        ("secretsmanager", "get_secret_value", {"SecretId": "s"}, "AccessDeniedException"),
        (
            "kinesis",
            "put_record",
            {"StreamName": "s", "Data": b"d", "PartitionKey": "p"},
            "AccessDeniedException",
        ),
        ("events", "put_events", {"Entries": [{"Source": "s"}]}, "AccessDeniedException"),
        ("cloudwatch", "put_metric_data", {"Namespace": "n", "MetricData": []}, "AccessDenied"),
        ("logs", "create_log_stream", {"logGroupName": "g", "logStreamName": "s"}, "AccessDeniedException"),
        ("ecr", "get_authorization_token", {}, "AccessDeniedException"),
        ("ec2", "describe_vpcs", {}, "UnauthorizedOperation"),
        ("elbv2", "describe_load_balancers", {}, "AccessDenied"),
        ("fis", "list_experiments", {}, "AccessDeniedException"),
        ("iam", "list_roles", {}, "AccessDenied"),
    ],
)
def test_every_service_refuses_in_its_own_way(
    sessions: Sessions, service: str, operation: str, parameters: dict[str, Any], code: str
) -> None:
    sessions.may()
    found, message = refused(getattr(sessions.client(service), operation), **parameters)
    assert found == code
    before = "You are not authorized to perform this operation. " if service == "ec2" else ""
    assert message.startswith(f"{before}User: {sessions.session_arn} is not authorized to perform: ")
    assert message.endswith(" action")


def test_an_operation_that_is_not_known_needs_a_statement_about_all_resources(sessions: Sessions) -> None:
    rds = sessions.client("rds")
    sessions.may(allow("rds:*", f"arn:aws:rds:eu-west-2:{ACCOUNT}:cluster:*"))
    assert refused(rds.describe_db_clusters)[0] == "AccessDenied"
    sessions.may(allow("rds:Describe*"))
    rds.describe_db_clusters()


def test_a_metric_goes_into_the_namespace_that_the_condition_names(sessions: Sessions) -> None:
    named = {"StringEquals": {"cloudwatch:namespace": "Estate"}}
    sessions.may(allow("cloudwatch:PutMetricData", Condition=named))
    cloudwatch, data = sessions.client("cloudwatch"), [{"MetricName": "m", "Value": 1.0}]
    cloudwatch.put_metric_data(Namespace="Estate", MetricData=data)
    assert refused(cloudwatch.put_metric_data, Namespace="Other", MetricData=data)[0] == "AccessDenied"


def test_a_buckets_policy_counts_beside_the_roles(extended: Served, sessions: Sessions) -> None:
    s3, own = extended.clients("s3"), sessions.client("s3")
    s3.create_bucket(Bucket="judged", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    s3.put_object(Bucket="judged", Key="k", Body=b"v")
    sessions.may()
    assert refused(own.get_object, Bucket="judged", Key="k")[0] == "AccessDenied"
    named = {"Principal": {"AWS": sessions.role_arn}}
    s3.put_bucket_policy(
        Bucket="judged", Policy=document(allow("s3:GetObject", "arn:aws:s3:::judged/*", **named))
    )
    assert own.get_object(Bucket="judged", Key="k")["Body"].read() == b"v"
    sessions.may(allow("s3:*"))
    denial = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", **named}
    s3.put_bucket_policy(Bucket="judged", Policy=document(denial))
    assert refused(own.get_object, Bucket="judged", Key="k")[1].endswith(
        "with an explicit deny in a resource-based policy"
    )


def test_an_object_that_is_not_there_is_refused_to_who_may_not_list(
    extended: Served, sessions: Sessions
) -> None:
    s3, own = extended.clients("s3"), sessions.client("s3")
    s3.create_bucket(Bucket="absence", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    sessions.may(allow("s3:GetObject"))
    assert refused(own.get_object, Bucket="absence", Key="k")[0] == "AccessDenied"
    assert refused(own.head_object, Bucket="absence", Key="k")[0] == "403"
    sessions.may(allow(["s3:GetObject", "s3:ListBucket"]))
    assert refused(own.get_object, Bucket="absence", Key="k")[0] == "NoSuchKey"


def test_a_bucket_may_be_named_by_the_host(extended: Served, sessions: Sessions) -> None:
    extended.clients("s3").create_bucket(
        Bucket="hosted", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"}
    )
    own = sessions.client("s3")
    sessions.may(allow("s3:PutObject", "arn:aws:s3:::hosted/*"))

    def by_host(request: Any, **_: Any) -> None:
        request.url = request.url.replace("/hosted/", "/")
        request.headers["Host"] = "hosted.s3.eu-west-2.amazonaws.com"

    own.meta.events.register("before-send", by_host)
    own.put_object(Bucket="hosted", Key="k", Body=b"v")
    sessions.may(allow("s3:PutObject", "arn:aws:s3:::k/*"))
    assert refused(own.put_object, Bucket="hosted", Key="k", Body=b"v")[0] == "AccessDenied"


def test_a_boundary_limits_what_the_role_may(extended: Served) -> None:
    iam, bounded = extended.clients("iam"), Sessions(extended)
    boundary = iam.create_policy(PolicyName="bounds", PolicyDocument=document(allow("sqs:ListQueues")))
    name = bounded.role_arn.rpartition("/")[2]
    iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary["Policy"]["Arn"])
    bounded.may(allow("*"))
    bounded.client("sqs").list_queues()
    assert refused(bounded.client("sns").publish, TopicArn=f"arn:aws:sns:eu-west-2:{ACCOUNT}:t", Message="m")[
        1
    ].endswith("because no permissions boundary allows the SNS:Publish action")


def test_the_policy_of_the_endpoint_that_a_request_came_by_counts(
    extended: Served, sessions: Sessions
) -> None:
    closed = allow("sqs:SendMessage", Principal="*")
    endpoint = extended.clients("ec2").create_vpc_endpoint(
        VpcId=extended.world["vpc"],
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.eu-west-2.sqs",
        PolicyDocument=document(closed),
    )["VpcEndpoint"]["VpcEndpointId"]
    sessions.may(allow("sqs:ListQueues", Condition={"StringEquals": {"aws:SourceVpce": endpoint}}))
    sqs = sessions.client("sqs")
    assert refused(sqs.list_queues)[1].endswith(
        "because no identity-based policy allows the sqs:listqueues action"
    )
    sqs.meta.events.register(
        "before-call", lambda params, **_: params["headers"].update({"x-estate-source-vpce": endpoint})
    )
    assert refused(sqs.list_queues)[1].endswith(
        "because no VPC endpoint policy allows the sqs:listqueues action"
    )
    everything = document(allow("*", Principal="*"))
    extended.clients("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=everything)
    sqs.list_queues()


def test_an_endpoint_that_was_given_no_policy_lets_everything_pass(
    extended: Served, sessions: Sessions
) -> None:
    endpoint = extended.clients("ec2").create_vpc_endpoint(
        VpcId=extended.world["vpc"],
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.eu-west-2.sns",
    )["VpcEndpoint"]["VpcEndpointId"]
    sessions.may(allow("sns:ListTopics", Condition={"StringEquals": {"aws:SourceVpce": endpoint}}))
    sns = sessions.client("sns")
    sns.meta.events.register(
        "before-call", lambda params, **_: params["headers"].update({"x-estate-source-vpce": endpoint})
    )
    sns.list_topics()


def test_a_request_by_a_proxy_without_tls_counts_as_one_with(extended: Served, sessions: Sessions) -> None:
    without = {"Bool": {"aws:SecureTransport": "false"}}
    denial = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*", "Condition": without}
    s3, own = extended.clients("s3"), sessions.client("s3")
    s3.create_bucket(Bucket="proxied", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    s3.put_bucket_policy(Bucket="proxied", Policy=document(denial))
    sessions.may(allow("s3:PutObject"))
    own.meta.events.register(
        "before-call", lambda params, **_: params["headers"].update({"x-forwarded-proto": "http"})
    )
    own.put_object(Bucket="proxied", Key="k", Body=b"v")


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("sqs", "list_queues", "InvalidClientTokenId"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("ssm", "describe_parameters", "UnrecognizedClientException"),
    ],
)
def test_a_session_that_nobody_issued_is_refused(
    extended: Served, service: str, operation: str, code: str
) -> None:
    made_up = {"AccessKeyId": "ASIA0123456789ABCDEF", "SecretAccessKey": "s", "SessionToken": "t"}
    assert refused(getattr(client(extended, service, made_up), operation))[0] == code


def test_what_was_used_and_refused_is_told(
    extended: Served, sessions: Sessions, queue: str, key: str
) -> None:
    sessions.may(
        allow(["sqs:SendMessage", "sqs:PurgeQueue"], QUEUE, Sid="Told"),
        allow(["kms:GenerateDataKey", "kms:Decrypt"], key),
    )
    sqs = sessions.client("sqs")
    sqs.send_message(QueueUrl=queue, MessageBody="a")
    refused(sqs.delete_message, QueueUrl=queue, ReceiptHandle="r")
    status, told = send(extended.endpoint, "GET", "permissions")
    role = next(it for it in told["roles"] if it["role_arn"] == sessions.role_arn)
    statement = next(it for it in role["statements"] if it["sid"] == "Told")
    assert (status, statement["unused"]) == (200, ["sqs:PurgeQueue"])
    assert statement["used"]["sqs:SendMessage"] >= 1
    assert {"sqs:DeleteMessage"} <= {it["action"] for it in role["refused"]}


def test_a_role_is_simulated_as_it_is_enforced(extended: Served, sessions: Sessions) -> None:
    iam = extended.clients("iam")
    user = f"arn:aws:rds-db:eu-west-2:{ACCOUNT}:dbuser:cluster-1/case"
    sessions.may(allow("rds-db:connect", user), {"Effect": "Deny", "Action": "s3:*", "Resource": "*"})
    found = iam.simulate_principal_policy(
        PolicySourceArn=sessions.role_arn,
        ActionNames=["rds-db:connect", "s3:GetObject", "sqs:SendMessage"],
        ResourceArns=[user],
    )
    decisions = {it["EvalActionName"]: it["EvalDecision"] for it in found["EvaluationResults"]}
    assert decisions == {
        "rds-db:connect": "allowed",
        "s3:GetObject": "explicitDeny",
        "sqs:SendMessage": "implicitDeny",
    }


def test_when_a_service_was_last_used_is_told(extended: Served, sessions: Sessions) -> None:
    iam = extended.clients("iam")
    sessions.may(allow(["sqs:ListQueues", "firehose:ListDeliveryStreams"]))
    sessions.client("sqs").list_queues()
    job = iam.generate_service_last_accessed_details(Arn=sessions.role_arn)["JobId"]
    details = iam.get_service_last_accessed_details(JobId=job)
    services = {it["ServiceNamespace"]: it for it in details["ServicesLastAccessed"]}
    assert details["JobStatus"] == "COMPLETED"
    assert "LastAuthenticated" in services["sqs"]
    assert "LastAuthenticated" not in services["firehose"]


def test_messages_reach_a_queue_that_lets_the_topic_send(extended: Served) -> None:
    sqs, sns = extended.clients("sqs"), extended.clients("sns")
    url = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn, topic = f"arn:aws:sqs:eu-west-2:{ACCOUNT}:told", sns.create_topic(Name="teller")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    sns.publish(TopicArn=topic, Message="lost")
    source = {"ArnEquals": {"aws:SourceArn": topic}}
    statement = allow("sqs:SendMessage", arn, Principal={"Service": "sns.amazonaws.com"}, Condition=source)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document(statement)})
    sns.publish(TopicArn=topic, Message="heard")
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [json.loads(it["Body"])["Message"] for it in messages] == ["heard"]


def test_a_function_rotates_only_what_its_role_may(extended: Served) -> None:
    trust = trusting({"Service": "lambda.amazonaws.com"})
    role = extended.clients("iam").create_role(RoleName="rotator", AssumeRolePolicyDocument=trust)["Role"][
        "Arn"
    ]
    credentials = assumed(extended, role, "lambda.amazonaws.com")
    code, _ = refused(client(extended, "secretsmanager", credentials).get_random_password)
    assert code == "AccessDeniedException"

"""Members of requests that moto forgets in services where nothing else needs mending."""

from collections.abc import Mapping, Sequence

from twin.aws.emulator.extension import Extension, Kept

__all__ = ["EXTENSIONS"]

_DOCS = "https://docs.aws.amazon.com/"


def _forgotten(service: str, topic: str, members: Sequence[str], source: str, kept: Kept) -> Extension:
    return Extension(
        service=service,
        topic=topic,
        stock=f"forgets {', '.join(members)}",
        aws="shows what was given",
        change="keeps it",
        source=_DOCS + source,
        kept=(kept,),
    )


def _same(*names: str) -> Mapping[str, str]:
    return {name: name for name in names}


_CERTIFICATE = Kept(
    kind="certificate",
    writes={"RequestCertificate": "@"},
    creates=frozenset({"RequestCertificate"}),
    shows={"RequestCertificate": "@", "DescribeCertificate": "Certificate"},
    key="CertificateArn",
    members=_same("KeyAlgorithm"),
)

_LISTENER = Kept(
    kind="listener",
    writes={"CreateListener": "@", "ModifyListener": "@"},
    creates=frozenset({"CreateListener"}),
    shows={"CreateListener": "Listeners", "ModifyListener": "Listeners", "DescribeListeners": "Listeners"},
    key="ListenerArn",
    members=_same("MutualAuthentication"),
)

_ENDPOINT = Kept(
    kind="vpc endpoint",
    writes={"CreateVpcEndpoint": "@", "ModifyVpcEndpoint": "@"},
    creates=frozenset({"CreateVpcEndpoint"}),
    shows={"CreateVpcEndpoint": "VpcEndpoint", "DescribeVpcEndpoints": "VpcEndpoints"},
    parameter_key={"ModifyVpcEndpoint": "VpcEndpointId"},
    key="VpcEndpointId",
    members=_same("IpAddressType", "DnsOptions", "PrivateDnsEnabled"),
)

_ARCHIVE = Kept(
    kind="archive",
    writes={"CreateArchive": "@", "UpdateArchive": "@"},
    creates=frozenset({"CreateArchive"}),
    shows={"DescribeArchive": "@"},
    parameter_key={"CreateArchive": "ArchiveName", "UpdateArchive": "ArchiveName"},
    key="ArchiveName",
    members=_same("KmsKeyIdentifier"),
)

_LOG_GROUP = Kept(
    kind="log group",
    writes={"CreateLogGroup": "@"},
    creates=frozenset({"CreateLogGroup"}),
    shows={"DescribeLogGroups": "logGroups"},
    parameter_key={"CreateLogGroup": "logGroupName"},
    key="logGroupName",
    members=_same("logGroupClass", "deletionProtectionEnabled"),
    defaults={"logGroupClass": "STANDARD"},
)

_TOPIC = Kept(
    kind="topic",
    writes={
        "CreateTopic": "Attributes",
        "SetTopicAttributes": "@.{SignatureVersion: AttributeName == 'SignatureVersion' && AttributeValue || `null`,"
        " TracingConfig: AttributeName == 'TracingConfig' && AttributeValue || `null`}",
    },
    creates=frozenset({"CreateTopic"}),
    shows={"CreateTopic": "@", "GetTopicAttributes": "Attributes"},
    parameter_key={"SetTopicAttributes": "TopicArn"},
    key="TopicArn",
    members=_same("SignatureVersion", "TracingConfig"),
)

_FUNCTION = Kept(
    kind="function",
    writes={"CreateFunction": "@", "UpdateFunctionConfiguration": "@"},
    creates=frozenset({"CreateFunction"}),
    shows={
        "CreateFunction": "@",
        "UpdateFunctionConfiguration": "@",
        "GetFunctionConfiguration": "@",
        "GetFunction": "Configuration",
        "ListFunctions": "Functions",
    },
    key="FunctionName",
    members=_same("DeadLetterConfig", "LoggingConfig", "TracingConfig"),
)

_RECORDER = Kept(
    kind="recorder",
    writes={"PutConfigurationRecorder": "ConfigurationRecorder"},
    creates=frozenset({"PutConfigurationRecorder"}),
    shows={"DescribeConfigurationRecorders": "ConfigurationRecorders"},
    parameter_key={"PutConfigurationRecorder": "ConfigurationRecorder.name"},
    key="name",
    members=_same("recordingMode"),
)

EXTENSIONS = (
    _forgotten(
        "acm",
        "certificates",
        ("KeyAlgorithm",),
        "acm/latest/APIReference/API_RequestCertificate.html",
        _CERTIFICATE,
    ),
    _forgotten(
        "elbv2",
        "listeners",
        ("MutualAuthentication",),
        "elasticloadbalancing/latest/APIReference/API_CreateListener.html",
        _LISTENER,
    ),
    _forgotten(
        "ec2",
        "endpoints",
        ("IpAddressType", "DnsOptions", "PrivateDnsEnabled of a change"),
        "AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html",
        _ENDPOINT,
    ),
    _forgotten(
        "events",
        "archives",
        ("KmsKeyIdentifier",),
        "eventbridge/latest/APIReference/API_CreateArchive.html",
        _ARCHIVE,
    ),
    _forgotten(
        "logs",
        "log groups",
        ("logGroupClass", "deletionProtectionEnabled"),
        "AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
        _LOG_GROUP,
    ),
    _forgotten(
        "sns",
        "topics",
        ("SignatureVersion", "TracingConfig"),
        "sns/latest/api/API_SetTopicAttributes.html",
        _TOPIC,
    ),
    _forgotten(
        "lambda",
        "functions",
        ("DeadLetterConfig", "LoggingConfig"),
        "lambda/latest/api/API_FunctionConfiguration.html",
        _FUNCTION,
    ),
    _forgotten(
        "config",
        "recorders",
        ("recordingMode",),
        "config/latest/APIReference/API_ConfigurationRecorder.html",
        _RECORDER,
    ),
)

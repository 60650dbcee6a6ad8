"""Rows of AWS Lambda."""

from twin.aws.expressions import Text, Through
from twin.aws.names import Name
from twin.aws.resource import Call, Resource, Take
from twin.aws.services.lambda_.hooks import find_statement
from twin.aws.services.lambda_.package import zip_bytes
from twin.aws.tags import Form, tags_by

__all__ = ["RESOURCES"]

_FUNCTION = {"FunctionName": "id"}

_CODE = {
    "ZipFile": Through(zip_bytes, "inputs.code"),
    "S3Bucket": "inputs.s3Bucket",
    "S3Key": "inputs.s3Key",
    "S3ObjectVersion": "inputs.s3ObjectVersion",
    "ImageUri": "inputs.imageUri",
    "SourceKMSKeyArn": "inputs.sourceKmsKeyArn",
}

_VIEW = (
    "answer.merge(Configuration, {Tags: Tags, ImageUri: Code.ImageUri, "
    "ReservedConcurrentExecutions: Concurrency.ReservedConcurrentExecutions, "
    "ImageConfig: Configuration.ImageConfigResponse.ImageConfig})"
)

_INVOKE = "arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{item.FunctionArn}"
"""What API Gateway calls a function by. Source: API Gateway's PutIntegration."""

_WAITS = "it says how Pulumi waits or clears up, and the twin has nothing to wait for"

RESOURCES = (
    Resource(
        token="aws:lambda/function:Function",
        service="lambda",
        id="inputs.name",
        name=Name("name", "", limit=64, allowed="A-Za-z0-9_-"),
        create=Call("create_function", {"FunctionName": "inputs.name", "Code": _CODE}, takes=Take.ALL),
        settings=(
            Call(
                "put_function_concurrency",
                {**_FUNCTION, "ReservedConcurrentExecutions": "inputs.reservedConcurrentExecutions"},
                when="inputs.reservedConcurrentExecutions >= `0`",
            ),
        ),
        updates=(
            Call(
                "update_function_code",
                {**_FUNCTION, **_CODE, "Architectures": "inputs.architectures", "Publish": "inputs.publish"},
            ),
            Call("update_function_configuration", _FUNCTION, takes=Take.CHANGED),
            Call(
                "delete_function_concurrency",
                _FUNCTION,
                on=("reservedConcurrentExecutions",),
                when="inputs.reservedConcurrentExecutions == `-1`",
            ),
        ),
        read=Call("get_function", _FUNCTION, pick=_VIEW),
        delete=(Call("delete_function", _FUNCTION),),
        outputs={
            "arn": "item.FunctionArn",
            "codeSha256": "item.CodeSha256",
            "sourceCodeHash": "item.CodeSha256",
            "sourceCodeSize": "item.CodeSize",
            "invokeArn": Text(f"{_INVOKE}/invocations"),
            "responseStreamingInvokeArn": Text(
                f"{_INVOKE.replace('2015-03-31', '2021-11-15')}/response-streaming-invocations"
            ),
            "qualifiedArn": Text("{item.FunctionArn}:{item.Version}"),
            "qualifiedInvokeArn": Text(f"{_INVOKE}:{{item.Version}}/invocations"),
        },
        renames={"name": "FunctionName"},
        defaults={"reservedConcurrentExecutions": -1, "publish": False},
        replaces=frozenset({"name", "packageType"}),
        ignored={
            "codeSha256": "AWS tells it",
            "replaceSecurityGroupsOnDestroy": _WAITS,
            "replacementSecurityGroupIds": _WAITS,
            "skipDestroy": "a twin that is taken away keeps nothing",
            "sourceCodeHash": "its change makes Pulumi send the code again, which the engine sees by itself",
            "useResourceTimeoutForPropagation": _WAITS,
            "vpcConfig.vpcId": "AWS tells it",
        },
        unread={
            "code": "AWS tells its hash",
            "s3Bucket": "AWS tells the code's hash",
            "s3Key": "AWS tells the code's hash",
            "s3ObjectVersion": "AWS tells the code's hash",
            "sourceKmsKeyArn": "only the call reads it",
            "publish": "only the call reads it",
            "reservedConcurrentExecutions": "where none is set AWS tells nothing, and Pulumi says -1",
        },
        tagging=tags_by(
            "tag_resource", "untag_resource", {"Resource": "outputs.arn"}, form=Form.MAP, present="item.Tags"
        ),
    ),
    Resource(
        token="aws:lambda/permission:Permission",
        service="lambda",
        id="inputs.statementId",
        name=Name("statementId", "statementIdPrefix", limit=100, allowed="A-Za-z0-9_-"),
        create=Call("add_permission", {"FunctionName": "inputs.function"}, takes=Take.ALL, pick="answer"),
        read=Call(
            "get_policy", {"FunctionName": "inputs.function", "Qualifier": "inputs.qualifier"}, pick="answer"
        ),
        after_read=find_statement,
        delete=(
            Call(
                "remove_permission",
                {
                    "FunctionName": "inputs.function",
                    "StatementId": "inputs.statementId",
                    "Qualifier": "inputs.qualifier",
                },
            ),
        ),
        replaces=frozenset(
            {
                "action",
                "eventSourceToken",
                "function",
                "functionUrlAuthType",
                "invokedViaFunctionUrl",
                "principal",
                "principalOrgId",
                "qualifier",
                "sourceAccount",
                "sourceArn",
                "statementId",
                "statementIdPrefix",
            }
        ),
    ),
)

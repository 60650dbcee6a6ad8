"""Samples of Lambda."""

from tests.twin.aws.sample import Ref, Sample
from tests.twin.aws.services import iam


def source(text: str) -> dict[str, object]:
    """An archive of one file, as Pulumi sends it."""
    signature = "4dabf18193072939515e22adb298388d"
    file = {signature: "c44067f5952c0a294b673a41bacd8c17", "text": text}
    return {signature: "0def7320c3a5731c473e5ecbe6d01bc7", "assets": {"index.py": file}}


ROLE = next(sample for sample in iam.SAMPLES if sample.token == "aws:iam/role:Role")
FUNCTION = Sample(
    "aws:lambda/function:Function",
    {
        "role": Ref("role", "arn"),
        "runtime": "python3.13",
        "handler": "index.handler",
        "code": source("def handler(event, context): return event"),
        "architectures": ["arm64"],
        "timeout": 30,
        "memorySize": 256,
        "environment": {"variables": {"LEVEL": "INFO"}},
        "tracingConfig": {"mode": "Active"},
        "reservedConcurrentExecutions": 5,
    },
    needs={**ROLE.needs, "role": ROLE},
    changes={
        "code": source("def handler(event, context): return None"),
        "environment": {"variables": {"LEVEL": "DEBUG"}},
        "timeout": 60,
        "reservedConcurrentExecutions": 10,
    },
    outputs=("arn", "codeSha256", "invokeArn", "name", "qualifiedArn", "sourceCodeSize", "version"),
)
PERMISSION = Sample(
    "aws:lambda/permission:Permission",
    {
        "function": Ref("function", "name"),
        "action": "lambda:InvokeFunction",
        "principal": "secretsmanager.amazonaws.com",
        "sourceArn": "arn:aws:secretsmanager:eu-west-2:123456789012:secret:partner",
        "sourceAccount": "123456789012",
    },
    needs={"function": FUNCTION},
    outputs=("statementId",),
)

SAMPLES = (FUNCTION, PERMISSION)

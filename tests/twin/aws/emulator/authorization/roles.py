"""Roles on a served emulator, and clients with their sessions."""

import itertools
import json
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from tests.twin.aws.emulator.conftest import Served
from tests.twin.aws.emulator.world import REGION

__all__ = ["ACCOUNT", "NOBODY", "Sessions", "assumed", "client", "document", "trusting"]

ACCOUNT = "123456789012"
NOBODY = {"Effect": "Deny", "Principal": "*", "Action": "*"}
_NUMBERS = itertools.count(1)


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trusting(principal: Any, **elements: Any) -> str:
    return document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **elements})


def client(served: Served, service: str, credentials: Mapping[str, Any], region: str = REGION) -> Any:
    config = Config(
        s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, inject_host_prefix=False
    )
    made: Any = boto3.client
    return made(
        service,
        region_name=region,
        endpoint_url=served.endpoint,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=config,
    )


def assumed(
    served: Served, role_arn: str, service: str | None = None, source_arn: str = "", **more: Any
) -> dict[str, Any]:
    """Credentials. Args: service: which service of AWS takes the role; None is the operator."""
    sts = served.clients("sts")
    headers = {"x-estate-acting-service": service, "x-amz-source-arn": source_arn} if service else {}

    def name(params: dict[str, Any], **_: Any) -> None:
        params["headers"].update(headers)

    sts.meta.events.register("before-call", name, unique_id="acting")
    try:
        return sts.assume_role(RoleArn=role_arn, RoleSessionName="task", **more)["Credentials"]
    finally:
        sts.meta.events.unregister("before-call", unique_id="acting")


class Sessions:
    """One role whose policy each test writes. Attributes: role_arn, session_arn."""

    def __init__(self, served: Served) -> None:
        self._served, self._iam = served, served.clients("iam")
        self._name = f"enforced-{next(_NUMBERS)}"
        trust = trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
        self.role_arn = self._iam.create_role(RoleName=self._name, AssumeRolePolicyDocument=trust)["Role"][
            "Arn"
        ]
        self.session_arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{self._name}/task"
        self._credentials = assumed(served, self.role_arn)

    def may(self, *statements: Mapping[str, Any]) -> None:
        """From now on its sessions may do this, and nothing else."""
        self._iam.put_role_policy(
            RoleName=self._name, PolicyName="own", PolicyDocument=document(*(statements or (_NOTHING,)))
        )

    def client(self, service: str, region: str = REGION) -> Any:
        return client(self._served, service, self._credentials, region)


_NOTHING = {"Effect": "Deny", "Action": "none:None", "Resource": "*"}

"""Secrets Manager: a deployed function is called, in this process and by one thread at a time.

Lambda gives a function a process of its own; here it shares the emulator's. Its environment variables are set while it
runs, and its ``boto3`` leads to the emulator. It may be one module, with what is installed here to import.
"""

import functools
import io
import os
import sys
import threading
import time
import types
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3

from twin.aws.emulator.published.functions import called

__all__ = ["call_function", "function_by_arn"]

_ALONE = threading.Lock()
"""The environment of a process is one."""

_OPERATOR = ("estate", "estate")
"""Any key that is no session's."""

_SESSION_SECONDS = 43_200


def function_by_arn(arn: str) -> Any:
    """moto's function, None where there is none."""
    from moto.awslambda.utils import get_backend

    parts = arn.split(":")
    if len(parts) < 7:
        return None
    try:
        return get_backend(parts[4], parts[3]).get_function(arn)
    except Exception:  # moto raises one of several kinds
        return None


def call_function(function: Any, event: Mapping[str, Any], endpoint: str) -> Any:
    """What the function returns. Its exceptions pass through.

    Args:
        function: one of moto's.
        endpoint: where its SDK finds AWS.
    """
    module_name, _, name = function.handler.rpartition(".")
    with _ALONE, _environment(function.environment_vars), called(function):
        module = _loaded(function.code_sha_256, module_name, function.code_bytes)
        if hasattr(module, "boto3"):
            vars(module)["boto3"] = _sdk(function.function_arn, function.role, endpoint, _period())
        return getattr(module, name)(dict(event), None)


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@functools.lru_cache(maxsize=16)
def _loaded(code_hash: str, name: str, code: bytes) -> types.ModuleType:
    """The module, loaded once for each package."""
    with zipfile.ZipFile(io.BytesIO(code)) as package:
        source = package.read(f"{name.replace('.', '/')}.py")
    module = types.ModuleType(f"deployed_{name}_{code_hash[:12]}")
    sys.modules[module.__name__] = module
    exec(compile(source, f"<{name} {code_hash[:12]}>", "exec"), module.__dict__)  # noqa: S102 - that is its purpose
    return module


def _period() -> int:
    """Differs when a session that was taken before should be left for another."""
    return int(time.time() * 2 // _SESSION_SECONDS)


@functools.lru_cache(maxsize=16)
def _sdk(function_arn: str, role_arn: str, endpoint: str, period: int) -> "_Sdk":
    return _Sdk(function_arn.split(":")[3], endpoint, _session(function_arn, role_arn, endpoint))


def _session(function_arn: str, role_arn: str, endpoint: str) -> dict[str, str]:
    """Credentials of the function's role, which has to trust Lambda.

    Source: Lambda developer guide, "Defining Lambda function permissions with an execution role"; the session's name is
    the function's.
    """
    region, name = function_arn.split(":")[3], function_arn.split(":")[6]
    sts: Any = boto3.Session(*_OPERATOR, region_name=region).client("sts", endpoint_url=endpoint)
    headers = {"x-estate-acting-service": "lambda.amazonaws.com", "x-amz-source-arn": function_arn}
    sts.meta.events.register("before-call", lambda params, **_: params["headers"].update(headers))
    taken = sts.assume_role(RoleArn=role_arn, RoleSessionName=name[:64], DurationSeconds=_SESSION_SECONDS)
    given = taken["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


class _Sdk:
    """As much of boto3 as makes clients, each once, with the function's role, in its region, against the emulator."""

    def __init__(self, region: str, endpoint: str, credentials: Mapping[str, str]) -> None:
        self._session = boto3.Session(region_name=region, **credentials)
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        if service not in self._clients:
            made: Any = self._session.client
            self._clients[service] = made(service, endpoint_url=self._endpoint)
        return self._clients[service]

    def __getattr__(self, name: str) -> Any:
        return getattr(boto3, name)

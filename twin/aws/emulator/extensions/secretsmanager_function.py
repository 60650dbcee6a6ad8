"""Secrets Manager: a deployed function is called, in this process and by one thread at a time.

Lambda gives a function a process of its own; here it shares the emulator's. Its environment variables are set while it
runs, and its ``boto3`` leads to the emulator. It may be one module, with what is installed here to import.
"""

import functools
import io
import os
import sys
import threading
import types
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3

__all__ = ["call_function", "function_by_arn"]

_ALONE = threading.Lock()
"""The environment of a process is one."""

_CREDENTIALS = ("estate", "estate")
"""Any will do: moto checks no signatures."""


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
    with _ALONE, _environment(function.environment_vars):
        module = _loaded(function.code_sha_256, module_name, function.code_bytes, function.region, endpoint)
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
def _loaded(code_hash: str, name: str, code: bytes, region: str, endpoint: str) -> types.ModuleType:
    """The module, loaded once for each package, with an SDK of its own."""
    with zipfile.ZipFile(io.BytesIO(code)) as package:
        source = package.read(f"{name.replace('.', '/')}.py")
    module = types.ModuleType(f"deployed_{name}_{code_hash[:12]}")
    sys.modules[module.__name__] = module
    exec(compile(source, f"<{name} {code_hash[:12]}>", "exec"), module.__dict__)  # noqa: S102 - that is its purpose
    if getattr(module, "boto3", None) is boto3:
        vars(module)["boto3"] = _Sdk(region, endpoint)
    return module


class _Sdk:
    """As much of boto3 as makes clients, each once, in the function's region and against the emulator."""

    def __init__(self, region: str, endpoint: str) -> None:
        self._session = boto3.Session(*_CREDENTIALS, region_name=region)
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        if service not in self._clients:
            made: Any = self._session.client
            self._clients[service] = made(service, endpoint_url=self._endpoint)
        return self._clients[service]

    def __getattr__(self, name: str) -> Any:
        return getattr(boto3, name)

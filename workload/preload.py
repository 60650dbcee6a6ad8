"""Everything that tasks use, read into memory once, before they are forked from it."""

import gc
import pkgutil
from importlib import import_module

from boto3.session import Session
from botocore.config import Config
from botocore.loaders import Loader, create_loader
from botocore.session import Session as CoreSession

from workload.aws import Aws
from workload.upstream import tls_context

__all__ = ["SERVICES", "preload"]

SERVICES = (
    "sqs",
    "ssm",
    "sns",
    "events",
    "kinesis",
    "s3",
    "secretsmanager",
    "cloudwatch",
    "sts",
)
MODULES = (
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "psycopg",
    "workload.main",
)


def preload() -> None:
    """A child that is forked now starts at once and shares this memory. No thread and no event loop was started."""
    for name in MODULES:
        import_module(name)
    for module in pkgutil.iter_modules(import_module("workload.roles").__path__, "workload.roles."):
        import_module(module.name)
    tls_context()
    Aws.loader = _models()
    gc.collect()
    gc.freeze()


def _models() -> Loader:
    """A loader that has read the models of all services: making a client is what reads all it needs."""
    core = CoreSession()
    loader = create_loader(core.get_config_variable("data_path"))
    core.register_component("data_loader", loader)
    session = Session("preload", "preload", region_name="eu-west-2", botocore_session=core)
    for service in SERVICES:
        session.client(service, config=Config(retries={"mode": "standard"}))  # pyright: ignore
    return loader

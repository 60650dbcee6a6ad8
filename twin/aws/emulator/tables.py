"""moto's tables and AWS's models, read no oftener than an emulator of containers needs: it halves its start."""

from typing import Any

import botocore.session
import moto.core.utils
import moto.utilities.utils
from moto.core.loaders import create_loader

__all__ = ["spare"]

_UNUSED = "ec2/resources/instance_type"
"""Every instance type, and where it is offered, in each region: 60 MB. An estate on Fargate asks for none."""


def spare() -> None:
    """To be called before moto's services are imported: they read their tables as they are.

    Sessions and moto share a loader. Else each has one of its own, and reads EC2's model, 30 MB, again.
    """
    loader = create_loader()
    moto.core.utils.create_loader = lambda: loader  # pyright: ignore[reportPrivateImportUsage]
    botocore.session.create_loader = lambda *_: loader
    read = moto.utilities.utils.load_resource

    def used(resource: str) -> Any:
        return {} if resource.startswith(_UNUSED) else read(resource)

    moto.utilities.utils.load_resource = used

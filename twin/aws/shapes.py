"""botocore's own model of AWS's operations: where a parameter goes, and of which kind it must be."""

from functools import cache
from typing import cast

from botocore import xform_name
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

from twin.aws.loader import LOADING, session

__all__ = ["client_tokens", "input_shape", "members", "output_shape"]


@cache
def _service(service: str) -> tuple[ServiceModel, dict[str, str]]:
    model: ServiceModel = session().get_service_model(service)
    return model, {xform_name(name): name for name in cast(list[str], model.operation_names)}


@cache
def _operation(service: str, method: str) -> OperationModel:
    with LOADING:
        model, name_by_method = _service(service)
        return model.operation_model(name_by_method[method])


def input_shape(service: str, method: str) -> StructureShape | None:
    """Parameters of a boto3 method, ``input_shape("ec2", "create_vpc")``; None if it takes none."""
    return cast(StructureShape | None, _operation(service, method).input_shape)


def output_shape(service: str, method: str) -> Shape | None:
    return cast(Shape | None, _operation(service, method).output_shape)


def members(shape: StructureShape) -> dict[str, Shape]:
    return cast(dict[str, Shape], shape.members)


def client_tokens(service: str, method: str) -> list[str]:
    """Parameters that boto3 fills in at random where the caller gives none."""
    return cast(list[str], _operation(service, method).idempotent_members)

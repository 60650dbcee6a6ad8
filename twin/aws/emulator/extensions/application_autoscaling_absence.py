"""Application Auto Scaling: what is not there is said to be not there."""

from collections.abc import Callable
from typing import Any

from twin.aws.emulator.extension import Extension

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/autoscaling/application/APIReference/"


def _absences() -> None:
    """Removing an absent target is an ObjectNotFoundException; moto calls it a ValidationException."""
    from moto.applicationautoscaling.models import ApplicationAutoscalingBackend

    backend: Any = ApplicationAutoscalingBackend
    backend.deregister_scalable_target = _saying_so(backend.deregister_scalable_target)


def _saying_so(remove: Callable[..., Any]) -> Callable[..., Any]:
    from moto.applicationautoscaling.exceptions import AWSValidationException
    from moto.core.exceptions import JsonRESTError

    def removed(*arguments: Any, **named: Any) -> Any:
        try:
            return remove(*arguments, **named)
        except AWSValidationException as error:
            raise JsonRESTError("ObjectNotFoundException", error.message) from None

    return removed


EXTENSIONS = (
    Extension(
        service="application-autoscaling",
        topic="absent targets",
        stock="answers their removal with a ValidationException",
        aws="answers with an ObjectNotFoundException",
        change="answers so",
        source=_API + "API_DeregisterScalableTarget.html",
        patch=_absences,
    ),
)

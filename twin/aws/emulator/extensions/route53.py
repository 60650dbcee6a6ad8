"""Route 53: what checkers saw, as the data plane reports it."""

from botocore.utils import parse_to_aware_datetime

from twin.aws.emulator.call import Document
from twin.aws.emulator.extension import Context, Extension

__all__ = ["EXTENSIONS", "STATUS"]

STATUS = "health-check-status"
"""Kind of the reported documents, by the health check's id."""

_EVERYWHERE = "aws-global"


def _status(context: Context) -> Document:
    """What the last look of each checker was. Without a data plane, what moto makes up."""
    made_up = context.document()
    if not context.exchange.attached:
        return made_up
    reported = context.exchange.reported(_EVERYWHERE, "route53", STATUS)
    seen = reported.get(context.call.parameters["HealthCheckId"], {})
    return {"HealthCheckObservations": [_observation(it) for it in seen.get("HealthCheckObservations", [])]}


def _observation(document: Document) -> Document:
    said = document["StatusReport"]
    return {
        **document,
        "StatusReport": {**said, "CheckedTime": parse_to_aware_datetime(said["CheckedTime"])},
    }


EXTENSIONS = (
    Extension(
        service="route53",
        topic="status of health checks",
        stock="says that one checker, which it makes up, was answered 200",
        aws="says what each checker last saw",
        change="shows what the data plane reports, an observation for each address; without one, as moto does",
        source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckStatus.html",
        operations={"GetHealthCheckStatus": _status},
    ),
)

"""The documented client of people and scripts: one place for what an operation is."""

from workload.client.exceptions import AttemptFailed, ClientError, EdgeInvalid
from workload.client.http_pool import HttpAnswer, HttpPool, HttpRequest
from workload.client.operation import Attempt, OperationClient, Outcome, Wire
from workload.client.rule import RETRIED_STATUSES, OperationRule

__all__ = [
    "RETRIED_STATUSES",
    "Attempt",
    "AttemptFailed",
    "ClientError",
    "EdgeInvalid",
    "HttpAnswer",
    "HttpPool",
    "HttpRequest",
    "OperationClient",
    "OperationRule",
    "Outcome",
    "Wire",
]

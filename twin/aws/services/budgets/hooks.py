"""What the table cannot say of Budgets."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from twin.aws.step import Step

__all__ = ["moment", "put_notifications", "values_by_name", "with_subscribers"]


def values_by_name(filters: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Cost filters as AWS has them."""
    return {one["name"]: list(one["values"]) for one in filters}


def moment(text: str) -> datetime:
    """Pulumi's form of a moment, ``2026-04-01_00:00``."""
    return datetime.strptime(text, "%Y-%m-%d_%H:%M").replace(tzinfo=UTC)


def with_subscribers(notifications: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Notifications, each with who is told."""
    return [{"Notification": _notification(one), "Subscribers": _subscribers(one)} for one in notifications]


def put_notifications(step: Step) -> None:
    """The budget has exactly the declared notifications."""
    old, new = (with_subscribers(side.get("notifications") or []) for side in (step.old, step.inputs))
    budget = {"AccountId": _account(step), "BudgetName": step.inputs["name"]}
    for one in (one for one in old if one not in new):
        step.api("delete_notification", **budget, Notification=one["Notification"])
    for one in (one for one in new if one not in old):
        step.api("create_notification", **budget, **one)


def _account(step: Step) -> str:
    return step.inputs.get("accountId") or step.operation.config.account_id


def _notification(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "NotificationType": one["notificationType"],
        "ComparisonOperator": one["comparisonOperator"],
        "Threshold": float(one["threshold"]),
        "ThresholdType": one["thresholdType"],
    }


def _subscribers(one: Mapping[str, Any]) -> list[dict[str, str]]:
    emails = [("EMAIL", address) for address in one.get("subscriberEmailAddresses") or []]
    topics = [("SNS", arn) for arn in one.get("subscriberSnsTopicArns") or []]
    return [{"SubscriptionType": kind, "Address": address} for kind, address in emails + topics]

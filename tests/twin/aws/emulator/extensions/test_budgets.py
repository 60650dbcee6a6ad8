from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served

ACCOUNT = {"AccountId": "123456789012"}


def _told(threshold: float) -> dict[str, Any]:
    return {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": threshold}


def _budget(served: Served, name: str) -> Any:
    budgets = served.clients("budgets", "us-east-1")
    subscribers = [{"SubscriptionType": "SNS", "Address": served.world["topic"]}]
    budgets.create_budget(
        **ACCOUNT,
        Budget=_definition(name, "100"),
        NotificationsWithSubscribers=[{"Notification": _told(80.0), "Subscribers": subscribers}],
        ResourceTags=[{"Key": "owner", "Value": "payments"}],
    )
    return budgets


def _definition(name: str, amount: str) -> dict[str, Any]:
    limit = {"Amount": amount, "Unit": "USD"}
    return {"BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit}


def test_an_updated_budget_keeps_its_notifications(mended: Served) -> None:
    budgets = _budget(mended, "updated")
    budgets.update_budget(**ACCOUNT, NewBudget=_definition("updated", "200"))
    budget = budgets.describe_budget(**ACCOUNT, BudgetName="updated")["Budget"]
    told = budgets.describe_notifications_for_budget(**ACCOUNT, BudgetName="updated")["Notifications"]
    assert (budget["BudgetLimit"]["Amount"], [it["Threshold"] for it in told]) == ("200", [80.0])


def test_it_is_told_who_is_told(mended: Served) -> None:
    budgets = _budget(mended, "told")
    found = budgets.describe_subscribers_for_notification(
        **ACCOUNT, BudgetName="told", Notification=_told(80.0)
    )
    assert found["Subscribers"] == [{"SubscriptionType": "SNS", "Address": mended.world["topic"]}]


def test_a_budgets_tags_are_kept_and_changed(mended: Served) -> None:
    budgets = _budget(mended, "tagged")
    arn = {"ResourceARN": "arn:aws:budgets::123456789012:budget/tagged"}
    budgets.tag_resource(**arn, ResourceTags=[{"Key": "team", "Value": "cases"}])
    budgets.untag_resource(**arn, ResourceTagKeys=["owner"])
    assert budgets.list_tags_for_resource(**arn)["ResourceTags"] == [{"Key": "team", "Value": "cases"}]


def test_an_absent_budget_has_no_tags(mended: Served) -> None:
    budgets = mended.clients("budgets", "us-east-1")
    with pytest.raises(ClientError, match="NotFoundException"):
        budgets.list_tags_for_resource(ResourceARN="arn:aws:budgets::123456789012:budget/nobody-made-it")

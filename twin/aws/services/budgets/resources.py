"""Rows of AWS Budgets, which is the same in every region."""

from twin.aws.expressions import Text, Through
from twin.aws.names import Name
from twin.aws.resource import Call, Resource, Take
from twin.aws.services.budgets.hooks import moment, put_notifications, values_by_name, with_subscribers
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]

_BUDGET = {"AccountId": "inputs.accountId || account", "BudgetName": "inputs.name"}

_DETAILS = {
    "BudgetName": "inputs.name",
    "BudgetLimit": {"Amount": "inputs.limitAmount", "Unit": "inputs.limitUnit"},
    "CostFilters": Through(values_by_name, "inputs.costFilters"),
    "TimePeriod": {
        "Start": Through(moment, "inputs.timePeriodStart"),
        "End": Through(moment, "inputs.timePeriodEnd"),
    },
}

RESOURCES = (
    Resource(
        token="aws:budgets/budget:Budget",
        service="budgets",
        id=Text("{inputs.accountId || account}:{inputs.name}"),
        name=Name(limit=100, allowed="A-Za-z0-9_.-"),
        create=Call(
            "create_budget",
            {
                "AccountId": "inputs.accountId || account",
                "Budget": _DETAILS,
                "NotificationsWithSubscribers": Through(with_subscribers, "inputs.notifications"),
            },
            takes=Take.ALL,
            within="Budget",
        ),
        updates=(
            Call(
                "update_budget",
                {"AccountId": "inputs.accountId || account", "NewBudget": _DETAILS},
                takes=Take.ALL,
                within="NewBudget",
            ),
        ),
        before_update=put_notifications,
        read=Call("describe_budget", _BUDGET, pick="answer.Budget"),
        also={
            "told": Call("describe_notifications_for_budget", _BUDGET, pick="answer.Notifications"),
        },
        delete=(Call("delete_budget", _BUDGET),),
        outputs={
            "arn": Text("arn:aws:budgets::{inputs.accountId || account}:budget/{inputs.name}"),
            "accountId": "inputs.accountId || account",
            "limitAmount": "item.BudgetLimit.Amount",
            "limitUnit": "item.BudgetLimit.Unit",
            "notifications": "told[].{comparisonOperator: ComparisonOperator, notificationType: "
            "NotificationType, "
            "threshold: Threshold, thresholdType: ThresholdType || 'PERCENTAGE'}",
        },
        renames={"name": "BudgetName"},
        replaces=frozenset({"name", "namePrefix", "accountId"}),
        unread={
            "costFilters": "the description has them by name",
            "notifications.subscriberEmailAddresses": "a notification's subscribers have a call of their own",
            "notifications.subscriberSnsTopicArns": "a notification's subscribers have a call of their own",
            "timePeriodEnd": "the description spells it otherwise",
            "timePeriodStart": "the description spells it otherwise",
        },
        hook_reads=frozenset({"notifications"}),
        tagging=tags_by(
            "tag_resource",
            "untag_resource",
            {"ResourceARN": Text("arn:aws:budgets::{inputs.accountId || account}:budget/{inputs.name}")},
            member="ResourceTags",
            added="ResourceTags",
            keys="ResourceTagKeys",
            read="list_tags_for_resource",
            present="tagging.ResourceTags",
        ),
    ),
)

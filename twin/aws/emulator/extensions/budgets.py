"""Budgets: changes of a budget, who is told by a notification, and tags."""

from typing import Any

from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.memory import Collection

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/"
_EVERYWHERE = "aws-global"


def _budgets(call: Call, account: str) -> Any:
    """The account's budgets by name; moto keeps those of every region in one."""
    from moto.budgets.models import budgets_backends

    return budgets_backends[call.account]["aws"].budgets[account]


def _budget(call: Call, name: str) -> Any:
    budget = _budgets(call, call.parameters["AccountId"]).get(name)
    if budget is None:
        raise AwsError("NotFoundException", f"Unable to get budget: {name} - the budget doesn't exist.")
    return budget


def _update(context: Context) -> Document:
    """The budget is the given one; its notifications stay."""
    given = context.call.parameters["NewBudget"]
    budget = _budget(context.call, given["BudgetName"])
    changed = type(budget)({"TimePeriod": budget.budget["TimePeriod"], **given}, [])
    budget.budget = changed.budget
    return {}


def _notification(call: Call) -> Any:
    budget = _budget(call, call.parameters["BudgetName"])
    wanted = _comparable(call.parameters["Notification"])
    for notification in budget.notifications:
        if _comparable(notification.details) == wanted:
            return notification
    raise AwsError("NotFoundException", "Unable to get notification - the notification doesn't exist.")


def _comparable(details: Document) -> Document:
    """What tells notifications apart. Their state is AWS's."""
    return {**details, "Threshold": float(details["Threshold"]), "NotificationState": None}


def _delete_notification(context: Context) -> Document:
    """The notification is gone; moto compares a threshold's spelling, so 80 and 80.0 are two."""
    call = context.call
    notification = _notification(call)
    _budget(call, call.parameters["BudgetName"]).notifications.remove(notification)
    return {}


def _subscribers(context: Context) -> Document:
    return {"Subscribers": list(_notification(context.call).subscribers)}


def _tags(context: Context) -> Collection:
    """Tags by the budget's ARN."""
    return context.memory.collection(context.call.account, _EVERYWHERE, "budgets", "tags")


def _tagged(context: Context) -> str:
    """The budget's ARN, if there is such a budget."""
    arn: str = context.call.parameters["ResourceARN"]
    *_, account, resource = arn.split(":", 5)
    if resource.removeprefix("budget/") not in _budgets(context.call, account):
        raise AwsError("NotFoundException", f"Unable to find the resource {arn}.")
    return arn


def _create(context: Context) -> Document:
    document = context.document()
    given = context.call.parameters
    arn = f"arn:aws:budgets::{given['AccountId']}:budget/{given['Budget']['BudgetName']}"
    _tags(context)[arn] = {tag["Key"]: tag["Value"] for tag in given.get("ResourceTags", [])}
    return document


def _tag(context: Context) -> Document:
    given = {tag["Key"]: tag["Value"] for tag in context.call.parameters["ResourceTags"]}
    _tags(context).setdefault(_tagged(context), {}).update(given)
    return {}


def _untag(context: Context) -> Document:
    tags = _tags(context).get(_tagged(context), {})
    for key in context.call.parameters["ResourceTagKeys"]:
        tags.pop(key, None)
    return {}


def _list_tags(context: Context) -> Document:
    tags = _tags(context).get(_tagged(context), {})
    return {"ResourceTags": [{"Key": key, "Value": value} for key, value in tags.items()]}


EXTENSIONS = (
    Extension(
        service="budgets",
        topic="budgets",
        stock="has no update, no tags, and does not say who is told by a notification",
        aws="has all three",
        change="answers these on moto's budgets, and compares thresholds as numbers",
        source=_API + "API_budgets_UpdateBudget.html",
        operations={
            "CreateBudget": _create,
            "UpdateBudget": _update,
            "DeleteNotification": _delete_notification,
            "DescribeSubscribersForNotification": _subscribers,
            "TagResource": _tag,
            "UntagResource": _untag,
            "ListTagsForResource": _list_tags,
        },
    ),
)

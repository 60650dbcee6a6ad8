"""What the table cannot say of EventBridge."""

from botocore.exceptions import ClientError

from twin.aws.step import Step

__all__ = ["find_target", "refuse_failed_entries"]


def find_target(step: Step) -> None:
    """The item is the rule's target of this id."""
    step.item = next((target for target in step.item if target["Id"] == step.inputs["targetId"]), None)


def refuse_failed_entries(step: Step) -> None:
    """EventBridge answers 200 to targets that it did not take."""
    for failed in (step.answer or {}).get("FailedEntries") or []:
        raise ClientError(
            {"Error": {"Code": failed.get("ErrorCode", "?"), "Message": failed.get("ErrorMessage", "")}},
            "PutTargets",
        )

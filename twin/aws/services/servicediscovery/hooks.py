"""What the table cannot say of Cloud Map."""

from botocore.exceptions import ClientError

from twin.aws.step import Step

__all__ = ["find_namespace"]


def find_namespace(step: Step) -> None:
    """The id is that of the namespace which the operation has made."""
    operation = step.api("get_operation", OperationId=step.id)["Operation"]
    if operation["Status"] != "SUCCESS":
        code = operation.get("ErrorCode", operation["Status"])
        raise ClientError(
            {"Error": {"Code": code, "Message": operation.get("ErrorMessage", "")}}, operation["Type"]
        )
    step.id = operation["Targets"]["NAMESPACE"]

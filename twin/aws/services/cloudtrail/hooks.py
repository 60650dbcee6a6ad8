"""What the table cannot say of CloudTrail."""

from twin.aws.step import Step

__all__ = ["start_logging"]


def start_logging(step: Step) -> None:
    """A new trail records, unless it is declared not to; AWS makes it silent."""
    if step.inputs.get("enableLogging", True):
        step.api("start_logging", Name=step.id)

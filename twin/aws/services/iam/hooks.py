"""What IAM's table cannot say."""

from twin.aws.step import Step

__all__ = ["make_room_for_a_version"]

VERSIONS = 5
"""Versions that a managed policy may have. Source: IAM User Guide, "IAM and AWS STS quotas"."""


def make_room_for_a_version(step: Step) -> None:
    """A policy that is about to change has fewer versions than the quota: the oldest made room."""
    if "policy" not in step.changed:
        return
    versions = step.api("list_policy_versions", PolicyArn=step.id)["Versions"]
    spare = sorted(
        (version for version in versions if not version["IsDefaultVersion"]),
        key=lambda version: int(version["VersionId"].removeprefix("v")),
    )
    if len(versions) >= VERSIONS:
        step.api("delete_policy_version", PolicyArn=step.id, VersionId=spare[0]["VersionId"])

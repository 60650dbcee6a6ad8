"""What the table cannot say of S3."""

from twin.aws.step import Step

__all__ = ["empty_bucket"]

_PAGE = 1000
"""Keys that one call deletes at most. Source: S3's DeleteObjects."""


def empty_bucket(step: Step) -> None:
    """A bucket that may be destroyed by force has no object left in any version, and can be deleted."""
    if not step.inputs.get("forceDestroy"):
        return
    while True:
        page = step.api("list_object_versions", Bucket=step.id, MaxKeys=_PAGE)
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if not found:
            return
        objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
        step.api("delete_objects", Bucket=step.id, Delete={"Objects": objects, "Quiet": True})

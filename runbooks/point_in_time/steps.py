"""The cluster is restored beside itself as it was before the bad change, and what was spoiled is taken from there.

The cluster itself stays: what people sent since is kept, the declaration goes on being true, and nobody is led to
another database.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import floor
from typing import Any

from botocore.exceptions import ClientError

from runbooks.databases import AVAILABLE, cluster, not_well
from runbooks.edge import not_served
from runbooks.playbook import Playbook, read_page
from runbooks.records import Records
from runbooks.step import Facts, Scene, Step, StepKind
from runbooks.surroundings import Surroundings

__all__ = ["PLAYBOOK"]

ABSENT = frozenset({"DBClusterNotFoundFault", "DBInstanceNotFound", "DBInstanceNotFoundFault"})
DELETING = "deleting"


def _choose(around: Surroundings, seed: int) -> Mapping[str, Any]:
    return {"database": "core" if "core" in around.databases else around.databases[0]}


def _name(scene: Scene) -> str:
    return scene.settings["database"]


def _copy(scene: Scene) -> str:
    return f"{_name(scene)}-restored"


def _records(scene: Scene) -> Records:
    assert scene.around.records
    return scene.around.records


def _is_there(scene: Scene) -> bool:
    try:
        scene.aws("rds").describe_db_clusters(DBClusterIdentifier=_copy(scene))
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ABSENT:
            return False
        raise
    return True


def _not_restorable(scene: Scene) -> str | None:
    found = cluster(scene, _name(scene))
    if lacking := not_well(found):
        return lacking
    if not found.document.get("EarliestRestorableTime"):
        return f"{_name(scene)} cannot be restored to any moment yet: it has no backup."
    if _is_there(scene):
        return f"A cluster {_copy(scene)} is there already. Another restore is under way, or left it: see step 7."
    return None if _records(scene).count(_name(scene)) else f"{_name(scene)} holds no applications to spoil."


# Trouble


def _moment(scene: Scene) -> Facts:
    """RDS is asked for whole seconds, so the last full one before."""
    at = _records(scene).now(_name(scene))
    return {"bad_at": at, "good_at": floor(at), "applications": _records(scene).count(_name(scene))}


def _is_good(scene: Scene) -> str | None:
    return None if _records(scene).spoiled(_name(scene), scene.drill) else "No application is spoiled."


def _spoil(scene: Scene) -> None:
    _records(scene).spoil(_name(scene), scene.drill)


def _put_back(scene: Scene) -> None:
    _records(scene).put_back(_name(scene), scene.drill)


# Recovery


def _not_restored(scene: Scene) -> str | None:
    if not _is_there(scene):
        return f"{_copy(scene)} is not there."
    found = cluster(scene, _copy(scene))
    if found.status != AVAILABLE:
        return f"{_copy(scene)} is {found.status}."
    return not_well(found) if found.members else f"{_copy(scene)} has no instance."


def _restore(scene: Scene) -> None:
    if not _is_there(scene):
        return _restore_cluster(scene)
    if not cluster(scene, _copy(scene)).members:
        _add_instance(scene)
    return None


def _restore_cluster(scene: Scene) -> None:
    """Source: docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterToPointInTime.html: the new cluster
    has the default security group and parameters unless it is given others, and no instance."""
    source = cluster(scene, _name(scene)).document
    latest = source.get("LatestRestorableTime")
    if latest is None or latest.timestamp() < scene.facts["good_at"]:
        return
    scene.aws("rds").restore_db_cluster_to_point_in_time(
        DBClusterIdentifier=_copy(scene),
        SourceDBClusterIdentifier=_name(scene),
        RestoreToTime=datetime.fromtimestamp(scene.facts["good_at"], UTC),
        DBSubnetGroupName=source["DBSubnetGroup"],
        VpcSecurityGroupIds=[it["VpcSecurityGroupId"] for it in source["VpcSecurityGroups"]],
        DBClusterParameterGroupName=source["DBClusterParameterGroup"],
        DeletionProtection=False,
    )


def _add_instance(scene: Scene) -> None:
    found = cluster(scene, _name(scene))
    assert found.writer
    rds = scene.aws("rds")
    model = rds.describe_db_instances(DBInstanceIdentifier=found.writer.name)["DBInstances"][0]
    rds.create_db_instance(
        DBInstanceIdentifier=f"{_copy(scene)}-1",
        DBClusterIdentifier=_copy(scene),
        DBInstanceClass=model["DBInstanceClass"],
        Engine=model["Engine"],
        AvailabilityZone=found.writer.zone,
    )


def _copy_is_bad(scene: Scene) -> str | None:
    if found := _records(scene).spoiled(_copy(scene), scene.drill):
        return f"{found} applications are spoiled in {_copy(scene)} too. Restore to an earlier moment."
    return None if _records(scene).count(_copy(scene)) else f"{_copy(scene)} holds no applications."


def _still_spoiled(scene: Scene) -> str | None:
    """What came in between the last full second and the trouble is in no copy, and stays spoiled."""
    found = _records(scene).repairable(_name(scene), _copy(scene), scene.drill)
    return f"{found} applications are spoiled that the copy has." if found else None


def _repair(scene: Scene) -> None:
    _records(scene).repair(_name(scene), _copy(scene), scene.drill)


def _outcome(scene: Scene) -> Facts:
    """When it was good again by the database's clock, and how far back what stayed spoiled reaches."""
    records, bad_at = _records(scene), scene.facts["bad_at"]
    oldest = records.oldest_spoiled(_name(scene), scene.drill)
    return {
        "recovered_at": records.now(_name(scene)),
        "recovered_source": "the database's clock after the repair was committed",
        "left_spoiled": records.spoiled(_name(scene), scene.drill),
        "rpo_seconds": 0.0 if oldest is None else max(0.0, bad_at - oldest),
    }


def _copy_there(scene: Scene) -> str | None:
    return f"{_copy(scene)} is still there." if _is_there(scene) else None


def _remove(scene: Scene) -> None:
    """Instances first: a cluster with instances is not deleted.

    Source: docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DeleteCluster.html
    """
    found = cluster(scene, _copy(scene))
    rds = scene.aws("rds")
    for member in found.members:
        if member.status != DELETING:
            rds.delete_db_instance(DBInstanceIdentifier=member.name, SkipFinalSnapshot=True)
    if not found.members and found.status != DELETING:
        rds.delete_db_cluster(DBClusterIdentifier=found.name, SkipFinalSnapshot=True)


STEPS = (
    Step("can-be-restored", "See that the cluster can be restored", StepKind.PRECHECK, 60, _not_restorable),
    Step("data-goes-bad", "Applications are spoiled", StepKind.DRILL, 30, _is_good, _spoil, prepare=_moment,
         undo=_put_back, would=lambda it: f"would spoil every application in {_name(it)}, and keep each aside"),
    Step("restore-beside", "Restore the cluster beside itself", StepKind.ACTION, 3000, _not_restored, _restore,
         would=lambda it: f"would restore {_name(it)} as {_copy(it)} to the last second before"),
    Step("copy-is-good", "See that the copy is good", StepKind.VERIFY, 60, _copy_is_bad),
    Step("repair", "Take from the copy what is spoiled", StepKind.ACTION, 600, _still_spoiled, _repair,
         learn=_outcome, would=lambda it: f"would put back from {_copy(it)} what is spoiled, and touch nothing else"),
    Step("people-are-served", "See that people are served", StepKind.VERIFY, 60, not_served),
    Step("remove-copy", "Remove the copy", StepKind.ACTION, 900, _copy_there, _remove,
         would=lambda it: f"would delete {_copy(it)}"),
)  # fmt: skip

PLAYBOOK = Playbook(read_page("runbooks.point_in_time"), STEPS, _choose)

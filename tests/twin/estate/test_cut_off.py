"""`up`, killed with -9: the next one completes, with nothing made twice and nothing orphaned."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.twin.estate import warm
from tests.twin.estate.command import DEADLINE_SECONDS, Twin, change, copy_catalogue, taken_away
from tests.twin.estate.cut_off import VARIABLE

pytestmark = pytest.mark.twin

Inventory = Counter[tuple[str, str, str]]


def cut_off(twin: Twin, moment: str) -> None:
    """`up` ran until that moment, and the emulator lives on."""
    done = warm.run(
        "tests.twin.estate.cut_off",
        ["up", "slice", "--control-plane-only"],
        twin.variables() | {VARIABLE: moment},
        DEADLINE_SECONDS,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    os.kill(twin.emulator["pid"], 0)


def with_a_queue_replaced(catalogue: Path) -> None:
    """A queue cannot become first-in-first-out: it is replaced, and what names it is updated."""
    queue = yaml.safe_load((catalogue / "stores.yaml").read_text())["queues"]["case-work"]
    document = yaml.safe_load((catalogue / "stores.yaml").read_text())
    document["queues"]["case-work"] = queue | {"fifo": True}
    (catalogue / "stores.yaml").write_text(yaml.safe_dump(document, sort_keys=False))


def with_a_benefit_removed(catalogue: Path) -> None:
    """Launches do not name it any more either: the catalogue insists."""
    change(catalogue, "benefits.yaml", **{"best-start-foods": None})
    document = yaml.safe_load((catalogue / "launches.yaml").read_text())
    for launch in document["launches"].values():
        launch["benefits"] = [it for it in launch["benefits"] if it != "best-start-foods"]
    (catalogue / "launches.yaml").write_text(yaml.safe_dump(document, sort_keys=False))


@pytest.fixture(scope="module")
def clean_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inventory]:
    """What a run that nobody disturbs leaves in the emulator, once both changes were made."""
    folder = tmp_path_factory.mktemp("clean")
    with taken_away(Twin(folder / "home", copy_catalogue(folder))) as twin:
        assert twin.catalogue
        with_a_queue_replaced(twin.catalogue)
        with_a_benefit_removed(twin.catalogue)
        twin.document("up")
        yield twin.inventory()


@pytest.mark.parametrize("moment", ["before-an-intent:40", "between-a-creation-and-its-record:150"])
def test_a_first_run_is_taken_up_again(twin: Twin, moment: str) -> None:
    cut_off(twin, moment)


def test_the_first_run_completes(twin: Twin) -> None:
    resources = twin.document("up")["resources"]
    assert resources["created"] > 0
    assert resources["updated"] + resources["replaced"] + resources["deleted"] == 0


def test_a_replacement_is_taken_up_again(twin: Twin) -> None:
    assert twin.catalogue
    with_a_queue_replaced(twin.catalogue)
    cut_off(twin, "inside-a-replacement:1")
    cut_off(twin, "before-the-old-ones-go:1")
    twin.document("up")


def test_a_removal_is_taken_up_again(twin: Twin) -> None:
    assert twin.catalogue
    with_a_benefit_removed(twin.catalogue)
    cut_off(twin, "between-a-deletion-and-its-record:3")
    cut_off(twin, "after-an-intent:1")


def test_in_the_end_all_is_as_after_a_clean_run(twin: Twin, clean_run: Inventory) -> None:
    twin.document("up")
    # The revision that the queue's replacement left behind stays, for a deployment that has to go back to it.
    older_revision = Counter({("ecs", "eu-west-2", "TaskDefinition"): 1})
    assert twin.inventory() == clean_run + older_revision
    resources = twin.document("up")["resources"]
    assert [resources[name] for name in ("created", "updated", "replaced", "deleted")] == [0, 0, 0, 0]
    assert twin.document("drift")["findings"] == []

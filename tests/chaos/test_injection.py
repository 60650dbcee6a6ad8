"""What is going to be broken is there, is drawn from the seed alone, and says afterwards whether it was."""

from random import Random
from typing import Any

import pytest

from chaos.exceptions import TargetMissing
from chaos.experiment import FailOver, LoseZone, PartnerDown, SlowTask, StopTask, find
from chaos.injection import choose
from chaos.place import Place, Standing
from tests.chaos.acting import Caches, Databases, place, standing

HOLDING = {"what": "zone", "kind": "zone-power-loss", "holding": "writer-and-cache-primary"}


def there(writer: str | None = "one", primary: str | None = "a", *standings: Standing) -> Place:
    clients = {"rds": Databases(writer, one="a", two="b"), "elasticache": Caches(primary)}
    return place(clients, standings or [standing("portal", "eu-west-2a", "eu-west-2b")])


def chosen(what: Any, at: Place, zone: str | None = None, seed: int = 1) -> Any:
    return choose(what, at, Random(seed), 185, zone)


def test_a_zone_is_one_that_people_go_to_and_the_same_for_the_same_seed() -> None:
    what = LoseZone(what="zone", kind="zone-power-loss")
    found = [chosen(what, there(), seed=seed) for seed in range(20)]
    assert {it.zones for it in found} == {("eu-west-2a",), ("eu-west-2b",)}
    assert [it.zones for it in found] == [chosen(what, there(), seed=seed).zones for seed in range(20)]
    assert found[0].fault == {"kind": "zone-power-loss", "zone": found[0].zones[0], "seconds": 185}


def test_the_zone_of_both_roles_is_lost_where_no_other_is_meant() -> None:
    assert chosen(LoseZone.model_validate(HOLDING), there("two", "b")).zones == ("b",)


def test_a_control_case_loses_its_own_zone_wherever_the_roles_have_gone() -> None:
    assert chosen(LoseZone.model_validate(HOLDING), there("one", "b"), zone="c").zones == ("c",)


def test_a_zone_without_a_portal_is_nothing_to_lose() -> None:
    with pytest.raises(TargetMissing, match="No zone has a healthy task of 'portal'"):
        chosen(
            LoseZone(what="zone", kind="zone-power-loss"), there("one", "a", standing("portal", desired=2))
        )


def test_a_failover_is_idle_while_the_writer_is_the_one_that_it_was() -> None:
    at = there()
    made = chosen(FailOver(what="failover", database="core"), at)
    assert made.action.arns == ("arn:core",)
    assert made.idle() == "one is the writer of core as before, so nothing failed over."
    at.aws("rds").writer = "two"
    assert made.idle() is None


def test_a_stopped_task_is_idle_while_it_stands() -> None:
    standings = [standing("portal", "eu-west-2a")]
    at = there("one", "a", *standings)
    made = chosen(StopTask(what="task", service="portal"), at)
    assert made.tasks == ("portal/0",)
    assert "stands still, so nothing was stopped" in made.idle()
    at.standings = lambda: [standing("portal", desired=1)]  # type: ignore[method-assign]
    assert made.idle() is None


def test_a_slow_task_is_late_by_fis_for_as_long_as_a_round_may_last() -> None:
    made = chosen(SlowTask(what="slow-task", service="portal", delay_milliseconds=10_000), there())
    template = made.action.template("arn:role", made.title)
    assert template["actions"]["action"]["parameters"] == {
        "delayMilliseconds": "10000",
        "useEcsFaultInjectionEndpoints": "true",
        "duration": "PT185S",
    }
    assert made.idle() is None


@pytest.mark.parametrize(("is_silent", "how"), [(True, "is_black_hole"), (False, "abort_percent")])
def test_a_partner_is_down_for_its_caller_only(is_silent: bool, how: str) -> None:
    what = PartnerDown(what="partner", partner="dwp", caller="payments", is_silent=is_silent)
    fault = chosen(what, there("one", "a", standing("payments", "eu-west-2a"))).fault
    assert (fault["kind"], fault["caller"]) == ("egress", "payments")
    assert fault["destination"].startswith("dwp.partners.")
    assert how in fault


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dwp-down", "has no service 'exchange-government'"),
        ("database-failover", "There is no database 'core'"),
    ],
)
def test_what_is_not_there_is_said(name: str, said: str) -> None:
    class Empty(Databases):
        def describe_db_clusters(self) -> dict[str, Any]:
            return {"DBClusters": []}

    with pytest.raises(TargetMissing, match=said):
        chosen(find(name).break_, place({"rds": Empty(None)}, [standing("portal", "eu-west-2a")]))

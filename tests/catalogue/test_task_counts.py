"""How many tasks each environment has."""

from catalogue import Catalogue, Estate, TaskCount
from catalogue.estate import RegionRole

THREE_ZONES = {
    "carers", "disability", "families", "seasonal-and-one-off",
    "portal", "case", "decision", "payments", "exchange-government",
}  # fmt: skip
ONE_TASK = {"exchange-local-authority", "exchange-health", "hub", "documents", "master-data", "interaction"}
FROM_ZERO = {
    "exchange-third-sector",
    "correspondence",
    "field-sync",
    "fraud-debt-error",
    "analytics",
    "low-code",
}


def at_rest(estate: Estate, role: RegionRole) -> dict[str, int]:
    counts = {name: estate.tasks(name, role).desired for name in (*estate.cells, *estate.services)}
    return {name: count for name, count in counts.items() if count}


def test_local_has_at_most_36_tasks_at_rest_of_which_at_most_6_stand_by(real: Catalogue) -> None:
    estate = real.estate("local")
    primary, standby = estate.task_total("primary").desired, estate.task_total("standby").desired

    assert (primary, standby) == (33, 3)
    assert primary + standby <= 36
    assert standby <= 6


def test_local_has_a_task_in_each_zone_for_what_must_outlive_a_zone(real: Catalogue) -> None:
    expected = dict.fromkeys(THREE_ZONES, 3) | dict.fromkeys(ONE_TASK, 1)

    assert at_rest(real.estate("local"), "primary") == expected


def test_local_starts_deferrable_services_from_nothing_by_queue_depth(real: Catalogue) -> None:
    services = real.estate("local").services
    waiting = {name for name in services if real.estate("local").tasks(name, "primary").desired == 0}

    assert waiting == FROM_ZERO
    assert {services[name].scaling.driver for name in waiting} == {"queue"}
    assert {services[name].tier for name in waiting} == {"deferrable"}


def test_local_stands_by_with_a_pilot_light(real: Catalogue) -> None:
    assert at_rest(real.estate("local"), "standby") == {"portal": 1, "case": 1, "payments": 1}


def test_local_declares_the_rest_of_the_standby_with_no_task(real: Catalogue) -> None:
    estate = real.estate("local")

    assert estate.tasks("families", "standby") == TaskCount(0, 0, 9)
    assert estate.tasks("decision", "standby") == TaskCount(0, 0, 4)


def test_what_must_stay_in_the_uk_does_not_stand_in_ireland(real: Catalogue) -> None:
    estate = real.estate("local")
    absent = {
        name
        for name in (*estate.cells, *estate.services)
        if estate.tasks(name, "standby") == TaskCount(0, 0, 0)
    }

    assert absent == {
        "disability", "documents", "exchange-health", "correspondence", "field-sync", "fraud-debt-error",
    }  # fmt: skip


def test_a_launch_of_one_cell_leaves_local_within_60_tasks(real: Catalogue) -> None:
    estate = real.estate("local")
    services = sum(estate.tasks(name, "primary").maximum for name in estate.services)
    cells = [estate.tasks(name, "primary") for name in estate.cells]
    launch = max(cell.maximum - cell.desired for cell in cells) + sum(cell.desired for cell in cells)

    assert services + launch + estate.task_total("standby").desired == 60


def test_slice_is_one_path_of_at_most_12_tasks(real: Catalogue) -> None:
    estate = real.estate("slice")

    assert at_rest(estate, "primary") == {"families": 3, "portal": 3, "case": 2, "payments": 1}
    assert estate.task_total("primary") == TaskCount(9, 9, 12)
    assert estate.task_total("standby") == TaskCount(0, 0, 0)
    assert (list(estate.partners), list(estate.databases), list(estate.caches)) == (
        ["dwp"],
        ["core"],
        ["sessions"],
    )


def test_staging_and_prod_have_a_task_in_each_zone_of_a_tier(real: Catalogue) -> None:
    short = [
        (environment, name)
        for environment in ("staging", "prod")
        for estate in (real.estate(environment),)
        for name, user in {**estate.cells, **estate.services}.items()
        if 0 < estate.tasks(name, "primary").minimum < real.tiers[user.tier].zones
    ]

    assert short == []


def test_prod_stands_by_with_a_third_of_what_is_critical(real: Catalogue) -> None:
    assert at_rest(real.estate("prod"), "standby") == {"portal": 2, "case": 2, "payments": 2}

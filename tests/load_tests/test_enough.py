"""A load whose length nobody knows beforehand ends when it is told that it was enough, and leaves nothing half done."""

import time
from pathlib import Path

import gevent

from evidence.ledger import Outcome, read_operations
from load_tests.generator import Generator, Share
from load_tests.generator_process import progress_of
from load_tests.plan import Plan, PlanSettings
from load_tests.schedule import ENOUGH
from tests.load_tests.plans import CATALOGUE
from tests.load_tests.stand_in import StandIn, standing_in


def test_what_has_begun_is_carried_to_its_end_and_nothing_more_begins(tmp_path: Path) -> None:
    with standing_in(StandIn()) as server:
        settings = PlanSettings(
            "slice", "steady", 1, f"test-{time.time_ns()}", rate_scale=0.05, edge=server.url
        )
        plan = Plan.of(CATALOGUE, settings)
        generator = Generator(plan, Share(time.time()), tmp_path, lambda *_: None, lambda *_: None)
        told = gevent.spawn_later(1.0, (tmp_path / ENOUGH).touch)
        with gevent.Timeout(60):
            generator.run()
        told.join()
    operations = read_operations(tmp_path.glob("ledger-*.jsonl"))

    assert 40 <= len(operations) < plan.schedule.expected / 4
    assert {it.outcome for it in operations} == {Outcome.ACKNOWLEDGED}
    assert progress_of(tmp_path)[-1].under_way == 0

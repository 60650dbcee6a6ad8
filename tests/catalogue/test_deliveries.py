"""What is announced is delivered to queues that can take it."""

import pytest

from catalogue import Catalogue
from tests.catalogue.conftest import CatalogueCopy

ADVICE = "Choose another queue, or take 'fifo' away from 'payment-requests'."


@pytest.mark.parametrize(
    ("place", "before"),
    [
        pytest.param(
            "topics.payments-announced", "    owner: payments-platform\n    content: references\n", id="topic"
        ),
        pytest.param("buses.agency", "    archive_days: 90\n", id="bus"),
    ],
)
def test_nothing_is_announced_to_a_queue_that_is_first_in_first_out(
    copy: CatalogueCopy, place: str, before: str
) -> None:
    line = "    delivers_to: [hub-events]\n"
    copy.change("stores.yaml", before + line, before + line.replace("hub-events", "payment-requests"))

    assert copy.problems() == [
        f"stores.yaml: {place}.delivers_to.0: A queue that something is announced to must not be first in, "
        f"first out, got 'payment-requests'. {ADVICE}"
    ]


def test_the_hub_gets_all_that_is_announced_and_has_the_queue_in_which_it_asks_for_loads(
    real: Catalogue,
) -> None:
    announced = (*real.topics.values(), *real.buses.values())

    assert {it.delivers_to for it in announced} == {("hub-events",)}
    assert real.services["hub"].stores.queues == ("hub-events", real.services["analytics"].scaling.queue)

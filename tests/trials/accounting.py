"""What was acknowledged against what is there: in the databases, and in the ledger of the Central Payments System."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from tests.trials.load import BENEFITS
from tests.trials.surroundings import Surroundings

__all__ = ["account"]

DRAIN_SECONDS = 180.0
ENDS = ("paid", "refused")
"""States of a case that nothing follows."""


async def account(surroundings: Surroundings, acknowledged: Mapping[str, str]) -> dict[str, Any]:
    """Counts, once every acknowledged application has its end and every payment asked for is made, or time is over.

    `lost`: acknowledged applications without a record, payments that the agency holds for made and the ledger does not
    know. `unfinished`: acknowledged applications that are neither paid nor refused, and payments not made yet.
    `doubled`: effects beyond the first.
    """
    deadline = time.monotonic() + DRAIN_SECONDS
    while True:
        found = await asyncio.to_thread(_found, surroundings, set(acknowledged.values()))
        if not (found["lost_applications"] or found["unfinished"]) or time.monotonic() > deadline:
            return found
        await asyncio.sleep(3)


def _found(surroundings: Surroundings, ids: set[str]) -> dict[str, Any]:
    stored = {
        str(row[0])
        for benefit in BENEFITS
        for row in surroundings.query("core", f'SELECT id FROM "{benefit.replace("-", "_")}".applications')
    }
    cases = dict(surroundings.query("core", 'SELECT id::text, state FROM "case".cases'))
    payments = surroundings.query("core", "SELECT id::text, case_id, state FROM payments.payments")
    made = Counter(it["payment_id"] for it in surroundings.ledger())
    by_case = Counter(case for _, case, _ in payments)
    known = {id_ for id_, _, _ in payments}
    lost_applications = len(ids - stored)
    lost_payments = sum(state == "paid" and id_ not in made for id_, _, state in payments)
    return {
        "acknowledged": len(ids),
        "lost_applications": lost_applications,
        "lost_payments": lost_payments,
        "lost": lost_applications + lost_payments,
        "unfinished": sum(cases.get(id_) not in ENDS for id_ in ids)
        + sum(state == "asked" for _, _, state in payments),
        "doubled": sum(it - 1 for it in by_case.values())
        + sum(it - 1 for it in made.values())
        + len(set(made) - known),
        "payments": len(payments),
        "paid_in_the_ledger": sum(made.values()),
    }

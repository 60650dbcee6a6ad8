"""Faults are begun, shown and ended over HTTP, on loopback only."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.twin.runtime.deadlines import run, until
from twin.record import RecordFile
from twin.runtime.directory import RegionLink
from twin.runtime.egress.faults import EgressFaults, Fault
from twin.runtime.faults.openapi import description
from twin.runtime.faults.part import FaultPart
from twin.runtime.ground import Ground
from twin.runtime.supervisor import PartState
from twin.runtime.undertaker import JOURNAL
from twin.runtime.zones import Link, ZoneCondition

A = "eu-west-2a"
CUT = {"kind": "zone-cut", "zone": A}


@contextlib.asynccontextmanager
async def serving(part: FaultPart) -> AsyncIterator[httpx.AsyncClient]:
    task = asyncio.create_task(part.run())
    try:
        await until(lambda: part.endpoint, "the endpoint")
        async with httpx.AsyncClient(base_url=part.endpoint, trust_env=False) as client:
            yield client
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def part_of(ground: Ground, egress: EgressFaults | None = None) -> FaultPart:
    states = {"cache": PartState("cache", True, 2, "RuntimeError: it returned")}
    return FaultPart(ground, states, egress or EgressFaults(), {"problems": lambda: {"edge": "a rule"}})


async def begin(client: httpx.AsyncClient, **fault: Any) -> str:
    answer = await client.post("/faults", json=fault)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/faults/{answer.json()['id']}"
    return answer.json()["id"]


def test_a_fault_is_at_work_until_it_is_deleted_and_deleting_it_again_changes_nothing(ground: Ground) -> None:
    async def main() -> None:
        async with serving(part_of(ground)) as client:
            fault = await begin(client, **CUT)
            assert ground.zones.condition(A) == ZoneCondition(boundary=Link(is_open=False))
            shown = (await client.get(f"/faults/{fault}")).json()
            assert (shown["kind"], shown["zone"], shown["is_active"]) == ("zone-cut", A, True)
            ended = (await client.delete(f"/faults/{fault}")).json()
            assert (ended["is_active"], ended["ending"]) == (False, "deleted")
            assert ground.zones.condition(A) == ZoneCondition()
            assert (await client.delete(f"/faults/{fault}")).json() == ended
            assert [it["id"] for it in (await client.get("/faults")).json()["faults"]] == [fault]

    run(main())


def test_a_fault_ends_by_itself_after_its_seconds(ground: Ground) -> None:
    async def main() -> None:
        async with serving(part_of(ground)) as client:
            fault = await begin(client, **CUT, seconds=0.2)
            assert not ground.zones.condition(A).boundary.is_open
            await until(lambda: ground.zones.condition(A).boundary.is_open, "the end")
            assert (await client.get(f"/faults/{fault}")).json()["ending"] == "its time was over"

    run(main())


def test_ending_one_of_two_faults_of_a_zone_leaves_the_other(ground: Ground) -> None:
    async def main() -> None:
        async with serving(part_of(ground)) as client:
            first = await begin(client, kind="zone-freeze", zone=A)
            await begin(client, kind="zone-freeze", zone=A)
            ground.zones.change(A, is_shifted_away=True)
            await begin(client, kind="zone-degraded", zone=A, latency_ms=20)
            await client.delete(f"/faults/{first}")
            degraded = Link(latency_ms=20)
            assert ground.zones.condition(A) == ZoneCondition(
                is_frozen=True, boundary=degraded, is_shifted_away=True
            )
            assert len((await client.delete("/faults")).json()["faults"]) == 2
            assert ground.zones.condition(A) == ZoneCondition(is_shifted_away=True)

    run(main())


def test_links_and_ways_out_are_as_they_were_after_their_faults(ground: Ground) -> None:
    async def main() -> None:
        egress = EgressFaults()
        async with serving(part_of(ground, egress)) as client:
            first = await begin(client, kind="egress", destination="case", delay_ms=10)
            second = await begin(client, kind="egress", destination="case", is_black_hole=True)
            link = await begin(client, kind="region-link", regions=["eu-west-2", "eu-west-1"], latency_ms=500)
            assert egress.all() == {("any", "case"): Fault(is_black_hole=True)}
            regions = ("eu-west-1", "eu-west-2")
            assert ground.directory.region_links.all() == {regions: RegionLink(latency_ms=500)}
            await client.delete(f"/faults/{second}")
            assert egress.all() == {("any", "case"): Fault(delay_ms=10)}
            await client.delete(f"/faults/{first}")
            await client.delete(f"/faults/{link}")
            assert (egress.all(), ground.directory.region_links.all()) == ({}, {})

    run(main())


def test_what_is_wrong_is_answered_with_fields_and_allowed_values(ground: Ground) -> None:
    async def main() -> None:
        async with serving(part_of(ground)) as client:
            answer = await client.post("/faults", json={"kind": "zone-cut", "zone": "x"})
            assert answer.status_code == 400
            assert answer.json()["fields"] == [
                {
                    "field": "zone",
                    "message": "Must be of this twin's, got 'x'.",
                    "allowed": list(ground.zones.names),
                }
            ]
            assert (await client.post("/faults", content=b"{", headers=JSON)).status_code == 400
            assert (await client.post("/faults", content=json.dumps(CUT))).status_code == 400
            assert (await client.get("/faults/none")).status_code == 404
            assert (await client.delete("/faults/none")).status_code == 404
            task = await client.post("/faults", json={"kind": "task-kill", "task": "none"})
            assert task.json()["message"] == "task: No such task runs, got 'none'."
            assert (await client.get("/faults")).json() == {"faults": []}

    run(main())


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("127.0.0.1:80", 200),
        ("localhost", 200),
        ("[::1]:80", 200),
        ("rebound.example", 403),
        ("127.0.0.1.nip.io", 403),
    ],
)
def test_only_who_asks_for_loopback_is_served(ground: Ground, host: str, code: int) -> None:
    async def main() -> None:
        async with serving(part_of(ground)) as client:
            assert (await client.get("/status", headers={"host": host})).status_code == code

    run(main())


def test_the_status_tells_of_parts_zones_faults_and_what_others_tell(ground: Ground) -> None:
    async def main() -> None:
        ground.directory.edge.put("eu-west-2", "http://127.1.0.10:8080")
        async with serving(part_of(ground)) as client:
            fault = await begin(client, **CUT, seconds=60)
            found = (await client.get("/status")).json()
            (active,) = found["faults"]
            assert active.pop("started_at") > 0
            assert active == {"id": fault, "kind": "zone-cut", "zone": A, "seconds": 60.0}
            assert found["run"] == ground.run
            assert found["edge"] == {"eu-west-2": "http://127.1.0.10:8080"}
            assert found["control_plane"] == {"is_up": True, "endpoint": "http://127.0.0.1:1"}
            assert found["parts"] == {
                "cache": {"is_running": True, "restarts": 2, "last_error": "RuntimeError: it returned"}
            }
            assert found["zones"][A]["boundary"]["is_open"] is False
            assert found["zones"][A]["processes"] == []
            assert (found["profile"], found["block"]) == ("quick", ground.addresses.block)
            assert found["problems"] == {"edge": "a rule"}

    run(main())


def test_the_endpoint_is_on_record_and_stays_where_it_is_when_the_part_is_started_again(
    ground: Ground,
) -> None:
    async def main() -> None:
        part = part_of(ground)
        async with serving(part) as client:
            await begin(client, **CUT)
            first = part.endpoint
        record = RecordFile(ground.folder, "supervisor").read()
        assert record
        assert (first, record.nonce) == (f"http://127.0.0.1:{record.port}", ground.run)
        async with serving(part) as client:
            assert part.endpoint == first
            assert len((await client.get("/faults")).json()["faults"]) == 1

    run(main())


def test_the_journal_names_what_is_at_work(ground: Ground) -> None:
    async def main() -> None:
        async with serving(part_of(ground)) as client:
            fault = await begin(client, **CUT)
            journal = json.loads((ground.folder / JOURNAL).read_text())
            assert [it["id"] for it in journal["faults"]] == [fault]
            await client.delete(f"/faults/{fault}")
            assert json.loads((ground.folder / JOURNAL).read_text())["faults"] == []

    run(main())


def test_the_endpoint_describes_itself() -> None:
    document = description()
    schemas = document["components"]["schemas"]
    body = document["paths"]["/faults"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert {it["$ref"].rpartition("/")[2] for it in body["oneOf"]} == set(schemas)
    assert set(schemas["ZoneCut"]["properties"]) == {"kind", "zone", "seconds"}

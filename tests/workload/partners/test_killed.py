"""The ledger's process can be killed at any moment."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.workload.partners.conftest import host
from workload.client import OperationClient, OperationRule

pytestmark = pytest.mark.twin

START_SECONDS = 20
ONCE = OperationRule(backoff_seconds=())


@contextmanager
def _partners(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "workload.partners", "--port", str(port), "--folder", str(folder)]
    process = subprocess.Popen(command)
    try:
        _wait_for(port)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(START_SECONDS)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


async def _pay_until_it_dies(url: str, process: subprocess.Popen[bytes]) -> set[str]:
    """Ids of the payments that were acknowledged; the process is killed after a hundred, with more under way."""
    acknowledged: set[str] = set()
    async with OperationClient(url, ONCE) as client:

        async def pay(number: int) -> None:
            body = {"amount_pence": 1 + number}
            outcome = await client.operate(
                "POST", "/central-payments/payments", json=body, key=f"p-{number}", headers=host("dwp")
            )
            if outcome.succeeded:
                acknowledged.add(f"p-{number}")
            if len(acknowledged) >= 100:
                process.kill()

        for begin in range(0, 400, 16):
            await asyncio.gather(*(pay(begin + it) for it in range(16)))
    return acknowledged


async def _ledger(url: str) -> list[str]:
    async with OperationClient(url, ONCE) as client:
        outcome = await client.operate("GET", "/central-payments/ledger", headers=host("dwp"))
        return [it["payment_id"] for it in outcome.json()["payments"]]


def test_every_payment_that_was_acknowledged_is_in_the_ledger_once(tmp_path: Path) -> None:
    with _partners(tmp_path) as (process, url):
        acknowledged = asyncio.run(_pay_until_it_dies(url, process))
    with _partners(tmp_path) as (_, url):
        ledger = asyncio.run(_ledger(url))
    assert 100 <= len(acknowledged) < 400
    assert acknowledged <= set(ledger)
    assert len(ledger) == len(set(ledger))

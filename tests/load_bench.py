"""`python -m tests.load_bench`: how many arrivals a second one core keeps to, beside what wrk can send from it.

Both ask one Envoy that answers everything by itself, pinned to another core. wrk is a closed loop: it says how fast the
server and this core are, and sends the next request when it was answered. The generator keeps to a schedule, writes
each operation to a ledger, and counts as keeping up where 99.9% began in time on at most 80% of its core. Figures are
of this machine and this run; compare the ratio.
"""

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from catalogue import load_catalogue
from evidence.ledger import read_operations
from load_tests.generator_process import CPU_PERCENT, GeneratorProcess, busiest_percent, progress_of
from load_tests.objectives import SCHEDULE_PERCENT
from load_tests.plan import Plan, PlanSettings
from load_tests.tally import tally
from twin.runtime.binaries import ENVOY, find

SERVER_CORE, SENDER_CORE = 0, 1
LEAD_SECONDS = 10.0
STEADY_PER_SECOND, STEADY_SECONDS = 150, 300
"""Of the launch `steady`."""
EXTENSIONS = "type.googleapis.com/envoy.extensions.filters"
ANSWER = json.dumps({"application_id": "a", "draft_id": "d", "state": "received"})


@contextmanager
def answering(folder: Path) -> Iterator[str]:
    """URL of an Envoy on one core that answers 200 to everything."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    configuration = folder / "envoy.json"
    configuration.write_text(json.dumps(_envoy(port)))
    command = [
        "taskset",
        "-c",
        str(SERVER_CORE),
        str(find(ENVOY)),
        "--concurrency",
        "1",
        "--disable-hot-restart",
    ]
    with (folder / "envoy.log").open("ab") as log:
        envoy = subprocess.Popen(
            [*command, "-l", "warning", "-c", str(configuration)], stdout=log, stderr=log
        )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        envoy.terminate()
        envoy.wait()


def wrk(url: str, seconds: float) -> dict[str, Any]:
    """Requests a second of wrk on one core; or why there are none."""
    program = os.environ.get("ESTATE_WRK") or shutil.which("wrk")
    if program is None:
        return {"skipped": "wrk is not installed: apt-get install wrk, or name it in ESTATE_WRK"}
    command = [
        "taskset",
        "-c",
        str(SENDER_CORE),
        program,
        "-t1",
        "-c64",
        f"-d{int(seconds)}s",
        f"{url}/benefits",
    ]
    said = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, check=True).stdout
    found = re.search(r"Requests/sec:\s+([0-9.]+)", said)
    return {"requests_per_second": float(found[1])} if found else {"skipped": f"wrk said {said[-200:]!r}"}


def generated(url: str, per_second: float, seconds: float, folder: Path) -> dict[str, Any]:
    """How the generator did at one rate, on one core."""
    folder.mkdir()
    settings = PlanSettings(
        "local",
        "steady",
        1,
        f"bench-{time.time_ns()}",
        per_second / STEADY_PER_SECOND,
        seconds / STEADY_SECONDS,
        url,
    )
    plan, begin_at = Plan.of(load_catalogue(), settings), time.time() + LEAD_SECONDS
    process = GeneratorProcess(plan, settings, begin_at, folder)
    os.sched_setaffinity(process.pid, {SENDER_CORE})
    try:
        process.wait(LEAD_SECONDS + seconds + 60)
    finally:
        process.stop()
    kinds = {it.key: str(it.kind) for it in plan.schedule.operations()}
    seen = tally(kinds, read_operations(folder.glob("ledger-*.jsonl")))
    busiest = busiest_percent(progress_of(folder), begin_at, begin_at + seconds) or 0.0
    return {
        "per_second": per_second,
        "sent_percent": round(seen.sent_percent, 2),
        "cpu_percent": round(busiest, 1),
        "p99_ms": seen.p99_ms and round(seen.p99_ms, 1),
        "keeps": seen.sent_percent >= SCHEDULE_PERCENT and busiest <= CPU_PERCENT,
    }


def main(rates: Sequence[int], seconds: float) -> int:
    with tempfile.TemporaryDirectory(prefix="estate-load-") as name, answering(Path(name)) as url:
        closed = wrk(url, seconds)
        print(json.dumps({"wrk": closed}), flush=True)
        kept = 0
        for rate in rates:
            found = generated(url, rate, seconds, Path(name) / str(rate))
            print(json.dumps(found), flush=True)
            if not found["keeps"]:
                break
            kept = rate
    ratio = kept / closed["requests_per_second"] if "requests_per_second" in closed else None
    print(json.dumps({"arrivals_per_second_kept": kept, "of_wrk": ratio and round(ratio, 3)}))
    return 0


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"Envoy does not listen on port {port}. Its log is in the folder that the run made.")


def _envoy(port: int) -> dict[str, Any]:
    route = {"match": {"prefix": "/"}, "direct_response": {"status": 200, "body": {"inline_string": ANSWER}}}
    manager = {
        "@type": f"{EXTENSIONS}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "bench",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
        "http_filters": [
            {
                "name": "router",
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
                },
            }
        ],
    }
    address = {"socket_address": {"address": "127.0.0.1", "port_value": port}}
    chain = {"filters": [{"name": "http", "typed_config": manager}]}
    return {
        "static_resources": {"listeners": [{"name": "bench", "address": address, "filter_chains": [chain]}]}
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rates", type=int, nargs="+", default=[250, 500, 750, 1000, 1250, 1500, 2000, 2500, 3000]
    )
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    sys.exit(main(options.rates, options.seconds))

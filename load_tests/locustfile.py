"""A launch as a Locust file: `locust -f load_tests/locustfile.py --launch ten-fold-step`, alone or distributed.

Locust starts and stops it, counts and shows it; when each operation begins is the launch's matter. So there is one user
a process, who dispatches that process's share of the schedule, and the shape ends when every share is done.

In Locust's tables, rows of type `operation` count what people wanted, from its scheduled time and with all its
attempts. The other rows count single attempts.
"""

import sys
import time
import uuid
from pathlib import Path
from typing import Any

import gevent
from locust import LoadTestShape, User, events, task
from locust.runners import MasterRunner, WorkerRunner

from catalogue import CatalogueError, load_catalogue
from evidence.exceptions import EvidenceError
from evidence.ledger import Outcome
from load_tests.generator import Generator, Share
from load_tests.operation import Done, Request, Tried
from load_tests.plan import Plan, PlanSettings
from load_tests.schedule import PREPARATION_SECONDS, ScheduledOperation

__all__ = ["Launch", "UntilTheLaunchIsOver"]

OVER = "launch-over"
LEAD_SECONDS = PREPARATION_SECONDS + 2.0
"""From the start of a run until its launch begins, where none is given."""

REFUSED = 2


@events.init_command_line_parser.add_listener
def options(parser: Any) -> None:
    """Every option can also be given by its variable."""
    group = parser.add_argument_group("Launch")
    group.add_argument("--launch", env_var="ESTATE_LAUNCH", default="ten-fold-step", help="of launches.yaml")
    group.add_argument(
        "--environment", env_var="ESTATE_ENVIRONMENT", default="local", help="whose edge is the host"
    )
    group.add_argument("--edge", env_var="ESTATE_EDGE", default="", help="as `estate env` names it")
    group.add_argument(
        "--seed", type=int, env_var="ESTATE_SEED", default=1, help="that arrivals are drawn from"
    )
    group.add_argument("--rate-scale", type=float, default=1.0, help="times the launch's rates")
    group.add_argument("--duration-scale", type=float, default=1.0, help="times the launch's duration")
    group.add_argument(
        "--run-key", default="", help="name of this run, from which keys are made; default: a new one"
    )
    group.add_argument("--begin-at", type=float, default=0.0, help="Unix seconds; default: soon")
    group.add_argument("--ledger", default="", help="folder for ledgers; default: load-<run> here")


@events.init.add_listener
def check(environment: Any, **_: Any) -> None:
    """The process has ended with 2 where the plan cannot be carried out. A worker leaves that to its master."""
    if isinstance(environment.runner, WorkerRunner):
        return
    try:
        plan = _plan(environment)
    except (EvidenceError, CatalogueError) as error:
        print(f"load: {error}", file=sys.stderr)
        sys.exit(REFUSED)
    environment.host = plan.target
    if isinstance(environment.runner, MasterRunner):
        environment.runner.register_message(
            OVER, lambda environment, msg: UntilTheLaunchIsOver.ended.add(msg.node_id)
        )


@events.test_start.add_listener
def begin(environment: Any, **_: Any) -> None:
    """All processes know when it begins, under which name, and which of them are in it: options travel to workers."""
    runner, chosen = environment.runner, environment.parsed_options
    if isinstance(runner, WorkerRunner):
        return
    UntilTheLaunchIsOver.ended.clear()
    chosen.run_key = chosen.run_key or uuid.uuid4().hex
    chosen.begin_at = chosen.begin_at or time.time() + LEAD_SECONDS
    chosen.workers = list(runner.clients) if isinstance(runner, MasterRunner) else []


@events.test_stop.add_listener
def forget(environment: Any, **_: Any) -> None:
    """Another run, begun in Locust's web page, has another begin and another name."""
    environment.parsed_options.begin_at, environment.parsed_options.run_key = 0.0, ""


class Launch(User):
    """Dispatches what its process has to send. Locust's users wait for answers; this one does not."""

    @task
    def launch(self) -> None:
        """The process's share is done, and whoever waits for it has been told."""
        runner, chosen = self.environment.runner, self.environment.parsed_options
        index = chosen.workers.index(runner.client_id) if isinstance(runner, WorkerRunner) else 0
        share = Share(chosen.begin_at, index, max(1, len(chosen.workers)))
        folder = Path(chosen.ledger or f"load-{chosen.run_key}")
        folder.mkdir(parents=True, exist_ok=True)
        Generator(_plan(self.environment), share, folder, self._attempted, self._ended).run()
        if isinstance(runner, WorkerRunner):
            runner.send_message(OVER)
        else:
            UntilTheLaunchIsOver.ended.add("local")
        gevent.sleep(float("inf"))

    def _attempted(self, request: Request, tried: Tried) -> None:
        went_well = tried.status is not None and tried.status < 400
        error = None if went_well else tried.error or f"status {tried.status}"
        self._count(request.method, request.name, tried.seconds, error)

    def _ended(self, operation: ScheduledOperation, request: Request, at: float, done: Done) -> None:
        error = None if done.outcome is Outcome.ACKNOWLEDGED else str(done.outcome)
        if operation.number >= 0:
            self._count("operation", request.name, done.at - at, error)

    def _count(self, kind: str, name: str, seconds: float, error: str | None) -> None:
        self.environment.events.request.fire(
            request_type=kind,
            name=name,
            response_time=seconds * 1000,
            response_length=0,
            exception=error,
            context={},
        )


class UntilTheLaunchIsOver(LoadTestShape):
    """One user in each process, until the share of each is done."""

    ended: set[str] = set()  # noqa: RUF012  one run a process

    def tick(self) -> tuple[int, float] | None:
        processes = len(self.runner.clients) if isinstance(self.runner, MasterRunner) else 1
        if len(self.ended) >= processes:
            return None
        return processes, 100.0


def _plan(environment: Any) -> Plan:
    chosen = environment.parsed_options
    settings = PlanSettings(
        chosen.environment,
        chosen.launch,
        chosen.seed,
        chosen.run_key,
        chosen.rate_scale,
        chosen.duration_scale,
        chosen.edge,
        environment.host,
    )
    return Plan.of(load_catalogue(), settings)

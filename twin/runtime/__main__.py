"""``python -m twin.runtime FOLDER``: the supervisor of the twin whose settings are in the folder."""

import asyncio
import logging
import os
import secrets
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.exceptions import EstateError
from twin.daemon import FOLDER_TAKEN
from twin.record import FolderTaken, RecordFile
from twin.runtime import stand
from twin.runtime.addresses import claim
from twin.runtime.cache.part import CachePart
from twin.runtime.control_plane import ControlPlane
from twin.runtime.database.part import DatabasePart
from twin.runtime.directory import Directory
from twin.runtime.egress.part import EgressPart
from twin.runtime.faults.part import FaultPart
from twin.runtime.faults.status import Teller
from twin.runtime.ground import Ground, Part
from twin.runtime.load_balancer.part import LoadBalancerPart
from twin.runtime.metrics.caches import Caches
from twin.runtime.metrics.databases import Databases
from twin.runtime.metrics.load_balancers import LoadBalancers
from twin.runtime.metrics.logged import Logged
from twin.runtime.metrics.part import MetricsPart
from twin.runtime.metrics.services import Services
from twin.runtime.metrics.sources import Source
from twin.runtime.names.part import NamesPart
from twin.runtime.network.part import NetworkPart
from twin.runtime.partners import PartnersPart
from twin.runtime.process import RECORD
from twin.runtime.processes import Processes
from twin.runtime.profile import profile_of
from twin.runtime.relay.part import RelayPart
from twin.runtime.settings import Settings
from twin.runtime.shares import SharesPart
from twin.runtime.supervisor import PartState, supervise
from twin.runtime.tasks.part import TaskPart
from twin.runtime.undertaker import attend
from twin.runtime.zones import Zones

_HANDOVER_SECONDS = 2.0


def main(arguments: Sequence[str] = sys.argv[1:]) -> int:
    """Supervises until the process is ended. What keeps it from that is one sentence and an exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("httpx", "httpcore", "botocore", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    os.environ.pop("AWS_PROFILE", None)
    os.umask(0o022)
    folder = Path(arguments[0])
    try:
        with RecordFile(folder, RECORD).held(_HANDOVER_SECONDS):
            asyncio.run(_supervise(Settings.read(folder)))
    except FolderTaken:
        sys.stderr.write(f"Another supervisor works in {str(folder)!r}.\n")
        return FOLDER_TAKEN
    except EstateError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


async def _supervise(settings: Settings) -> None:
    """Every part runs until this process is asked to end; then nothing that it started is left."""
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    run = secrets.token_hex(8)
    ground = _ground(settings, run)
    states: dict[str, PartState] = {}
    with attend(run, settings.folder):
        try:
            await supervise(_parts(ground, states), states, ending)
        finally:
            await ground.processes.stop_all()


def _ground(settings: Settings, run: str) -> Ground:
    zones = Zones(tuple(zone for _, zone in settings.zones))
    return Ground(
        settings=settings,
        run=run,
        profile=profile_of(settings.profile, settings.clock_factor),
        addresses=claim([region.zones for region in settings.regions]),
        zones=zones,
        directory=Directory(),
        processes=Processes(zones, run),
        control_plane=ControlPlane(settings.emulator_dir, run),
    )


def _parts(ground: Ground, states: dict[str, PartState]) -> list[Part]:
    egress, load_balancer, database = EgressPart(ground), LoadBalancerPart(ground), DatabasePart(ground)
    cache, tasks, names = CachePart(ground), TaskPart(ground), NamesPart(ground, load_balancer)
    metrics = MetricsPart(ground, _sources(ground, load_balancer, database, cache, tasks))
    tellers: dict[str, Teller] = {
        "databases": lambda: stand.databases(ground),
        "partners": lambda: stand.partners(ground),
        "roles": lambda: stand.roles(ground),
        "names": names.document,
        "replica_lags_ms": lambda: database.lags,
        "blocked": ground.directory.blocked.document,
        "problems": lambda: {**load_balancer.problems, **egress.problems, **metrics.problems},
    }
    return [
        ground.control_plane,
        FaultPart(ground, states, egress.faults, tellers),
        PartnersPart(ground),
        RelayPart(ground),
        database,
        cache,
        load_balancer,
        names,
        egress,
        NetworkPart(ground),
        SharesPart(),
        tasks,
        metrics,
    ]


def _sources(
    ground: Ground, load_balancer: LoadBalancerPart, database: DatabasePart, cache: CachePart, tasks: TaskPart
) -> list[Source]:
    return [
        LoadBalancers(load_balancer.views),
        Services(ground, tasks.staffing),
        Databases(ground, database.instances),
        Caches(cache.information),
        Logged(ground, tasks.staffing),
    ]


if __name__ == "__main__":
    sys.exit(main())

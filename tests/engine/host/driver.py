"""An engine in a process of its own: previews programs one after the other, and says what came of each.

    python -m tests.engine.host.driver FOLDER WORKERS PROGRAM...

A host must be started before any thread, and a test runner has threads; and a test may kill this process.
"""

import json
import sys
from pathlib import Path
from typing import Any

from engine.exceptions import EstateError
from engine.host import ProgramHost
from engine.project import Project
from engine.session import Session


def outcome(session: Session) -> dict[str, Any]:
    try:
        run = session.preview("main-test")
    except EstateError as error:
        return {"error": str(error)}
    return {
        "names": sorted(it.name for it in run.deployment.registrations.values()),
        "outputs": dict(run.outputs),
    }


def main(folder: Path, workers: int, programs: list[str]) -> None:
    with ProgramHost(["pulumi"], workers) as host:
        for name in programs:
            project = Project(root=folder, name="shop", program=folder / name, config_folder=folder)
            session = Session(project, host, environment={"GIVEN": "by the session"})
            print(json.dumps(outcome(session)), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])

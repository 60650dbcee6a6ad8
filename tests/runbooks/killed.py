"""A process that carries a playbook out on a fake estate, and is killed where its arguments say."""

import os
import signal
from pathlib import Path

from runbooks import playbook
from runbooks.journal import Journal
from runbooks.runner import Runner
from tests.runbooks.fake_estate import FakeEstate


def main(folder: Path, name: str, line: int, call: int) -> None:
    """Args: line, call: number of the journal's line, or of AWS's answer, at which it is killed; 0: never."""
    estate = FakeEstate(folder / "estate.json", killed_at=call or None)
    chosen, around, root = playbook(name), estate.surroundings(), folder / "drills"
    _kill_after(line)
    begun = sorted(it.name for it in root.glob("*"))
    journal = (
        Journal.resume(root, begun[0])
        if begun
        else Journal.begin(root, name, "slice", chosen.choose(around, 1), estate.clock().now())
    )
    runner = Runner(chosen.steps_on(around), around, journal, estate.clock())
    runner.check()
    runner.run()
    runner.undo_troubles()


def _kill_after(line: int) -> None:
    append, written = Journal.append, [0]

    def counted(*given: object) -> None:
        append(*given)  # type: ignore[arg-type]
        written[0] += 1
        if written[0] == line:
            os.kill(os.getpid(), signal.SIGKILL)

    Journal.append = counted  # type: ignore[method-assign,assignment]

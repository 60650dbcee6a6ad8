"""`estate`, killed with -9 at a chosen moment: `python -m tests.twin.estate.cut_off up slice`.

The moment is named by the variable CUT_OFF, as ``<moment>:<n>``: the n-th time that it comes, the process is gone.
"""

import os
import signal
from collections.abc import Callable
from itertools import count
from typing import Any

from engine.executor import Executor
from engine.state import Act, Intent, StackState
from estate.main import main

VARIABLE = "CUT_OFF"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def install(moment: str, time: int) -> None:
    """The moment's n-th coming ends this process."""
    comings = count(1)

    def come(is_it: bool = True) -> None:
        if is_it and next(comings) == time:
            die()

    _MOMENTS[moment](come)


Come = Callable[..., None]


def _before_an_intent(come: Come) -> None:
    begin = StackState.begin

    def cut(self: StackState, intent: Intent) -> None:
        come()
        begin(self, intent)

    StackState.begin = cut


def _after_an_intent(come: Come) -> None:
    begin = StackState.begin

    def cut(self: StackState, intent: Intent) -> None:
        begin(self, intent)
        come()

    StackState.begin = cut


def _between_a_creation_and_its_record(come: Come) -> None:
    finish = StackState.finish

    def cut(self: StackState, token: str, resource: Any) -> None:
        come(self.intents[token].act is Act.CREATE)
        finish(self, token, resource)

    StackState.finish = cut


def _inside_a_replacement(come: Come) -> None:
    """The new one is there and recorded, the old one is not deleted yet."""
    finish = StackState.finish

    def cut(self: StackState, token: str, resource: Any) -> None:
        retires = self.intents[token].retires
        finish(self, token, resource)
        come(retires)

    StackState.finish = cut


def _between_a_deletion_and_its_record(come: Come) -> None:
    gone = StackState.gone

    def cut(self: StackState, token: str) -> None:
        come()
        gone(self, token)

    StackState.gone = cut


def _before_the_old_ones_go(come: Come) -> None:
    delete_all = Executor.delete_all

    def cut(self: Executor, resources: Any, done: Any) -> None:
        come(bool(resources))
        delete_all(self, resources, done)

    Executor.delete_all = cut


_MOMENTS: dict[str, Callable[[Come], None]] = {
    "before-an-intent": _before_an_intent,
    "after-an-intent": _after_an_intent,
    "between-a-creation-and-its-record": _between_a_creation_and_its_record,
    "inside-a-replacement": _inside_a_replacement,
    "between-a-deletion-and-its-record": _between_a_deletion_and_its_record,
    "before-the-old-ones-go": _before_the_old_ones_go,
}


if __name__ == "__main__":
    name, _, number = os.environ[VARIABLE].partition(":")
    install(name, int(number))
    main()

"""People who come once a second for as long as a drill lasts, in the fake estate's time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evidence import Run
from evidence.ledger import Ledger, Operation, Outcome
from tests.runbooks.fake_estate import BEGIN, FakeEstate


@dataclass
class Crowd:
    """Attributes: outage: seconds of the day, from and until, in which nobody is served. complaints: of its end.

    name: that keys begin with.
    """

    estate: FakeEstate
    outage: tuple[float, float] = (0.0, 0.0)
    complaints: Sequence[str] = ()
    name: str = "key"
    shown_in: Path | None = field(default=None, init=False)
    _folder: Path | None = field(default=None, init=False)
    _since: float = field(default=0.0, init=False)

    def begin(self, folder: Path) -> None:
        self._folder, self._since = folder, self.estate.state["now"]

    def end(self) -> Sequence[str]:
        """What they asked all the while is in the ledger."""
        assert self._folder
        with Ledger(self._folder / "ledger-people.jsonl") as ledger:
            at = self._since
            while at < self.estate.state["now"] + 30:
                self._come(ledger, at)
                at += 0.5
        return self.complaints

    def show(self, run: Run, operations: Sequence[Operation]) -> None:
        self.shown_in = run.folder

    def _come(self, ledger: Ledger, at: float) -> None:
        key = f"{self.name}-{at - BEGIN:.1f}"
        ledger.scheduled(key, "submit", "best-start-foods", at)
        ledger.sent(key, at)
        served = not self.outage[0] <= at - BEGIN < self.outage[1]
        ledger.attempt(key, at, 0.1, 201 if served else 503)
        if served:
            ledger.acknowledged(key, f"application-{key}", at + 0.1, 201)
        else:
            ledger.ended(key, Outcome.FAILED, at + 0.1, 503)

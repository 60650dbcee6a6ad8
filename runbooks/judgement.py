"""What a drill must show, beside what it showed."""

from dataclasses import dataclass

from evidence import Account, Basis, Run
from runbooks.outage import CALM_SECONDS, Outage
from runbooks.playbook import Playbook

__all__ = ["Findings", "judge"]


@dataclass(frozen=True)
class Findings:
    """What was measured.

    Attributes:
        onset: Unix seconds; None where no trouble began.
        outage: as people had it; None where the ledgers cannot tell.
        recovered_at: when the resource itself was back, as recovered_source says; None where only people tell.
        changes: what differs from what is declared. failure: of a step. voids: why it proves nothing.
        given_up: keys of what is lost and was promised so shortly before the trouble that it may be.
    """

    onset: float | None
    outage: Outage | None
    recovered_at: float | None
    recovered_source: str
    rpo_seconds: float | None
    account: Account
    changes: tuple[str, ...]
    failure: str | None
    is_resumed: bool
    voids: tuple[str, ...]
    given_up: tuple[str, ...] = ()

    @property
    def rto_seconds(self) -> float | None:
        """Until people were served and the resource was back; None where the one or the other was not seen."""
        if self.onset is None or self.outage is None or self.failure:
            return None
        return max(self.outage.restored_at, self.recovered_at or 0.0) - self.onset


def judge(run: Run, playbook: Playbook, findings: Findings) -> None:
    """Figures, objectives and reasons for a void are in the record."""
    _figures(run, findings)
    target = playbook.front.targets
    run.assumption(f"Targets of {playbook.name}: {target.assumption}", "this project")
    run.assumption(
        f"People are served again once no attempt has failed for {CALM_SECONDS} s.", "runbooks/outage.py"
    )
    run.objective("Every step came about", "all", findings.failure or "all", findings.failure is None)
    rto, rpo = findings.rto_seconds, findings.rpo_seconds
    if findings.failure is None:
        _objective(run, "Recovery time (RTO)", target.rto_seconds, rto)
        _objective(run, "Recovery point (RPO)", target.rpo_seconds, rpo)
    within = (
        f"what was promised within {target.rpo_seconds:g} s before the trouble" if target.rpo_seconds else ""
    )
    run.account(findings.account, findings.given_up, within)
    changes = findings.changes
    run.objective(
        "The estate is as declared afterwards",
        "an empty diff, and no drift",
        "; ".join(changes[:3]) + (f" and {len(changes) - 3} more" if len(changes) > 3 else "")
        if changes
        else "so",
        not changes,
    )
    for reason in findings.voids:
        run.void(reason)


def _objective(run: Run, name: str, wanted: float, seen: float | None) -> None:
    holds = None if seen is None else seen <= wanted
    told = "not seen" if seen is None else f"{seen:.1f} s"
    run.objective(name, f"at most {wanted:g} s", told, holds, assumption=True)


def _figures(run: Run, found: Findings) -> None:
    rounded = lambda it: None if it is None else round(it, 2)  # noqa: E731
    source = "ledgers of attempts" + (f"; {found.recovered_source}" if found.recovered_source else "")
    run.figure("rto_seconds", rounded(found.rto_seconds), "s", source=source)
    run.figure("rpo_seconds", rounded(found.rpo_seconds), "s", source="ledgers of both sides")
    if found.outage:
        run.figure("not_served_seconds", rounded(found.outage.seconds), "s", source="ledgers of attempts")
        run.figure("attempts_failed", found.outage.attempts_failed, "", source="ledgers")
        run.figure("operations_failed", found.outage.operations_failed, "", source="ledgers")
    if found.recovered_at is not None and found.onset is not None:
        seconds = rounded(found.recovered_at - found.onset)
        run.figure("resource_back_seconds", seconds, "s", source=found.recovered_source)
    run.figure("resumed", found.is_resumed, "", Basis.MEASURED, "the drill's journal")

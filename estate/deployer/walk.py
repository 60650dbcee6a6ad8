"""The walk over an environment's stacks: everything is foreseen, then confirmed once, then done in order."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from catalogue import Estate
from estate.deployer.results import Deployed, Planned, Removed, drift_of, summary
from estate.deployer.workspace import Outcome, StackFailed, Workspace
from estate.drift import Drift
from estate.exceptions import DeploymentFailed, NotConfirmed, NotUp
from estate.terminal import Terminal
from stacks.names import StackName, deployment_order

__all__ = ["Walk"]


@dataclass(frozen=True)
class Walk:
    """One environment, under Pulumi.

    Attributes:
        declared: what the program declares, by stack: stands in for Pulumi's preview of a stack that is not there
            yet, which cannot be had before the stacks that it reads are.
        ask: puts a question to a person; None where nobody is there to answer.
    """

    estate: Estate
    workspace: Workspace
    terminal: Terminal
    declared: Callable[[], Mapping[str, Outcome]]
    ask: Callable[[str], str] | None

    @property
    def name(self) -> str:
        return self.estate.environment.name

    def order(self) -> list[str]:
        """The stacks, each after those that it reads."""
        has_standby = self.estate.environment.standby is not None
        return [str(stack) for stack in deployment_order(self.name, has_standby)]

    def up(self, yes: bool) -> Deployed:
        """Every stack is as declared.

        Raises: NotConfirmed: nothing was touched. DeploymentFailed: which stacks are done and which are not.
        """
        started = time.monotonic()
        plans = self._plans()
        self._confirm(yes, plans, f"Deploy this to {self._place()}? Type 'yes' to go on: ", "yes")
        outcomes = self._in_order(self.order(), self.workspace.up, f"estate up {self.name}")
        return Deployed(self.estate.environment, outcomes, time.monotonic() - started)

    def down(self, yes: bool) -> Removed:
        """Nothing of the environment is left but what refuses to be deleted, at which the walk stops."""
        there = self._there()
        stacks = [stack for stack in reversed(self.order()) if stack in there]
        if not stacks:
            return Removed(self.name, {})
        plans = {stack: self._foresee(stack, self.workspace.preview_destroy) for stack in stacks}
        question = f"DELETE all of this from {self._place()}? Type the environment's name to go on: "
        self._confirm(yes, plans, question, self.name)
        return Removed(self.name, self._in_order(stacks, self.workspace.destroy, f"estate down {self.name}"))

    def diff(self) -> Planned:
        """What `up` would do. Nothing is changed."""
        return Planned(self.name, self._plans())

    def drift(self) -> Drift:
        """What AWS has otherwise than the states of the stacks. Nothing is changed.

        Raises: NotUp: the backend has none of the stacks.
        """
        there = self._there()
        stacks = [stack for stack in self.order() if stack in there]
        if not stacks:
            raise NotUp(f"The backend has no stack of {self.name!r}. Run 'estate up {self.name}' first.")
        return drift_of(self.name, {stack: self._foresee(stack, self.workspace.drift) for stack in stacks})

    def _plans(self) -> dict[str, Outcome]:
        there, order = self._there(), self.order()
        # Evaluated before anything else: the engine forks, which it may only do before there are threads.
        plans = dict(self.declared()) if set(order) - there else {}
        for stack in order:
            if stack in there:
                new = [before for before in order[: order.index(stack)] if before not in there]
                plans[stack] = self._foresee(stack, self.workspace.preview, new)
        return {stack: plans[stack] for stack in order}

    def _there(self) -> set[str]:
        try:
            there = set(self.workspace.stacks())
        except StackFailed as error:
            raise DeploymentFailed(
                f"Pulumi cannot list the stacks: {error.reason}. Nothing was touched."
            ) from error
        self._tell_undeclared(there)
        return there

    def _tell_undeclared(self, there: Collection[str]) -> None:
        for stack in sorted(set(there) - set(self.order())):
            if _environment_of(stack) == self.name:
                self.terminal.note(
                    f"Stack {stack!r} is deployed and declared no more. It is left alone; "
                    f"'pulumi destroy --stack {stack}' takes it away."
                )

    def _foresee(self, stack: str, ask_pulumi: Callable[[str], Outcome], new: Sequence[str] = ()) -> Outcome:
        try:
            return ask_pulumi(stack)
        except StackFailed as error:
            hint = (
                f" It may read what is still to be made by {', '.join(new)}: deploy that first."
                if new
                else ""
            )
            raise DeploymentFailed(
                f"Stack {stack!r} cannot be previewed: {error.reason}.{hint} Nothing was touched."
            ) from error

    def _confirm(self, yes: bool, plans: Mapping[str, Outcome], question: str, answer: str) -> None:
        self.terminal.err.print(summary(plans))
        if yes:
            return
        if self.ask is None:
            raise NotConfirmed(
                f"The above would be done to {self._place()}, and nobody is at a terminal to confirm it. "
                "Nothing was touched. Add --yes to go on without being asked."
            )
        if self.ask(question).strip() != answer:
            raise NotConfirmed(f"It was not confirmed. Nothing was touched in {self._place()}.")

    def _in_order(
        self, stacks: Sequence[str], act: Callable[[str], Outcome], command: str
    ) -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {}
        for stack in stacks:
            self.terminal.note(f"{stack} ...")
            try:
                outcomes[stack] = act(stack)
            except StackFailed as error:
                left = stacks[len(outcomes) + 1 :]
                raise DeploymentFailed(
                    _stopped(stack, error.reason, list(outcomes), left, command)
                ) from error
        return outcomes

    def _place(self) -> str:
        environment = self.estate.environment
        regions = " and ".join(region.name for region in environment.regions)
        return f"{self.name} (account {environment.account_id}, {regions})"


def _environment_of(stack: str) -> str | None:
    try:
        return StackName.parse(stack).environment
    except ValueError:
        return None


def _stopped(stack: str, reason: str, done: Sequence[str], left: Sequence[str], command: str) -> str:
    return (
        f"Stack {stack!r} failed: {reason}. Done before it: {', '.join(done) or 'nothing'}. "
        f"Not begun: {', '.join(left) or 'nothing'}. What was done is kept: mend the cause and run "
        f"'{command}' again, which goes on from here."
    )

"""Carries steps out, one resource at a time, so that a run that is cut off anywhere can be taken up again.

Before each step its intent is on disk, after it its outcome. A step that was cut off is repeated with the same token
and the same inputs: the emulator answers what it had answered, and does only what it had not yet done.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from engine import urn as urns
from engine import wire
from engine.diff import is_write_only, without_write_only
from engine.exceptions import ResourceFailed
from engine.order import dependents_first
from engine.provider import Operation, Properties, Provider, ProviderConfig
from engine.resource import ResourceState
from engine.state import Act, Intent, StackState

__all__ = ["Executor"]

_BEGUN = (
    "An earlier run began this step, so it is finished as it was begun, before anything else. If that cannot succeed, "
    "take the twin away with 'estate down' and bring it up again."
)


@dataclass(frozen=True)
class Executor:
    """Attributes: config_of: the provider settings by provider reference and inputs."""

    state: StackState
    provider: Provider
    config_of: Callable[[str, Properties], ProviderConfig]

    def resume(self) -> None:
        """Every step that an earlier run began and did not finish is done.

        Raises: ResourceFailed: a step cannot be finished as it was begun.
        """
        for intent in list(self.state.intents.values()):
            try:
                self._take_up(intent)
            except ResourceFailed as error:
                raise ResourceFailed(
                    error.operation, error.urn, f"{error.reason}. {_BEGUN}", error.partial
                ) from None

    def _take_up(self, intent: Intent) -> None:
        match intent.act:
            case Act.CREATE:
                self._finish_create(intent)
            case Act.UPDATE:
                self._finish_update(intent)
            case Act.DELETE:
                self._finish_delete(intent)

    def create(self, goal: ResourceState, retires: bool = False) -> ResourceState:
        """The resource as made. Args: retires: the present state under its URN is to be deleted later."""
        return self._finish_create(self._begin(Act.CREATE, goal, retires))

    def update(self, goal: ResourceState) -> ResourceState:
        """The resource as changed in place; the goal has the old id, outputs and generation."""
        return self._finish_update(self._begin(Act.UPDATE, goal))

    def delete(self, resource: ResourceState) -> None:
        """The resource is gone, in the emulator and in the state."""
        self._finish_delete(self._begin(Act.DELETE, resource))

    def delete_all(self, resources: list[ResourceState], done: Callable[[ResourceState], None]) -> None:
        """All of them are gone, dependents before what they depend on."""
        for resource in dependents_first(resources):
            if resource.is_real and not resource.retain_on_delete:
                self.delete(resource)
            else:
                self.state.drop(resource)
            done(resource)

    def _begin(self, act: Act, resource: ResourceState, retires: bool = False) -> Intent:
        hidden = {
            name: wire.secret(value) if is_write_only(name, resource.inputs) else value
            for name, value in resource.inputs.items()
        }
        intent = Intent(act, f"{uuid.uuid4()}", replace(resource, inputs=hidden), retires)
        self.state.begin(intent)
        return intent

    def _finish_create(self, intent: Intent) -> ResourceState:
        goal = intent.resource
        with self._forgetting_clean_failures(intent):
            created = self.provider.create(self._operation(intent), wire.plain(goal.inputs))
        state = replace(
            goal,
            id=created.id,
            inputs=without_write_only(goal.inputs),
            outputs=_outputs(goal, created.outputs),
        )
        self.state.finish(intent.token, state)
        return state

    def _finish_update(self, intent: Intent) -> ResourceState:
        goal, old = intent.resource, self.state.resources[intent.resource.urn]
        with self._forgetting_clean_failures(intent):
            outputs = self.provider.update(
                self._operation(intent),
                goal.id,
                wire.plain(old.inputs),
                wire.plain(goal.inputs),
                wire.plain(old.outputs),
            )
        state = replace(goal, inputs=without_write_only(goal.inputs), outputs=_outputs(goal, outputs))
        self.state.finish(intent.token, state)
        return state

    def _finish_delete(self, intent: Intent) -> None:
        gone = intent.resource
        with self._forgetting_clean_failures(intent):
            self.provider.delete(
                self._operation(intent), gone.id, wire.plain(gone.inputs), wire.plain(gone.outputs)
            )
        self.state.gone(intent.token)

    @contextmanager
    def _forgetting_clean_failures(self, intent: Intent) -> Iterator[None]:
        """A step that failed before it changed anything is no step: the next run starts it anew."""
        try:
            yield
        except ResourceFailed as error:
            if not error.partial:
                self.state.forget(intent.token)
            raise

    def _operation(self, intent: Intent) -> Operation:
        resource = intent.resource
        return Operation(
            urn=resource.urn,
            type=resource.type,
            name=urns.name_of(resource.urn),
            token=intent.token,
            seed=f"{resource.urn}#{resource.generation}",
            config=self._config(resource),
        )

    def _config(self, resource: ResourceState) -> ProviderConfig:
        """The provider's settings, in the place where the resource is: its provider may point elsewhere by now."""
        config = self.config_of(resource.provider, resource.inputs)
        if not resource.location:
            return config
        account_id, region = resource.location.split("/")
        return replace(config, account_id=account_id, region=region)


def _outputs(goal: ResourceState, returned: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs are echoed, and what the program marked secret stays so under any name that returns it."""
    inputs = without_write_only(goal.inputs)
    outputs = inputs | {
        key: wire.secret_like(it, inputs.get(key))
        for key, it in without_write_only(returned).items()
        if not wire.is_secret(inputs.get(key))
    }
    words = wire.secret_words(goal.inputs)
    hidden = {key for key, it in outputs.items() if wire.tells(it, words)} | {*goal.additional_secret_outputs}
    return {key: wire.secret(it) if key in hidden else it for key, it in outputs.items()}

"""One stack's run: each registration of the program is decided on, carried out or pretended, and remembered."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from engine import functions, wire
from engine import urn as urns
from engine.diff import apply_ignore_changes, changed_properties
from engine.exceptions import EstateError, MissingOutput, ProgramError, RegistrationError, ResourceFailed
from engine.executor import Executor
from engine.provider import Change, Operation, Provider, ProviderConfig
from engine.provider_settings import ProviderSettings, refuse_remote_endpoints
from engine.recorder import Computed, computed_outputs
from engine.resource import Registration, ResourceState
from engine.schema import computed_names, output_kinds
from engine.state import StackState

__all__ = ["Action", "Deployment", "Registered", "Settings", "Step"]

STACK_REFERENCE = "pulumi:pulumi:StackReference"
QUALIFIED_PARTS = 3
"""organization/project/stack. Source: Pulumi documentation, "Stacks", "Fully qualified stack names"."""


class Action(StrEnum):
    """What a run does, or would do, with one resource."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    READ = "read"


@dataclass(frozen=True)
class Step:
    """Attributes: changed: the top-level input properties that differ, for an update or a replacement."""

    action: Action
    urn: str
    changed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Registered:
    """The answer to a registration. Attributes: id ('' where unknown), outputs in the form of `engine.wire`."""

    urn: str
    id: str
    outputs: Mapping[str, Any]


@dataclass(frozen=True)
class Settings:
    """What a stack's run depends on besides its program.

    Attributes:
        config: stack configuration, e.g. ``{"aws:region": "eu-west-2"}``.
        outputs_of: the outputs of another stack by its name, None where it was never deployed.
        computed: how outputs of what is not there are given to the program.
        on_step: called after each step, from any thread.
    """

    project: str
    stack: str
    config: Mapping[str, str]
    outputs_of: Callable[[str], Mapping[str, Any] | None]
    computed: Computed = Computed.PLACEHOLDER
    on_step: Callable[[Step], None] = lambda step: None


class Deployment:
    """Decides and acts on what one program registers; safe to call from many threads.

    Args:
        state: an empty one shows what the program declares, that of an estate what an apply would change in it.
        provider: says how changes are carried out, and carries them out.
        applies: whether it acts. Without acting, nothing is changed and no state is written.
    """

    def __init__(
        self, settings: Settings, state: StackState, provider: Provider | None = None, applies: bool = False
    ) -> None:
        self.settings, self.state, self.provider = settings, state, provider
        self.registrations: dict[str, Registration] = {}
        self.steps: list[Step] = []
        self.outputs: Mapping[str, Any] = {}
        self.failure: EstateError | None = None
        self._answers: dict[str, Registered] = {}
        self._claimed: dict[str, str] = {}  # the URN that claimed an alias, by the alias
        self._lock = threading.RLock()
        self._providers = ProviderSettings(settings.config, self._provider_inputs)
        self._executor = Executor(state, provider, self._providers.resolve) if applies and provider else None

    # -- what the program asks ---------------------------------------------------------------------------

    def register(self, registration: Registration) -> Registered:
        """The resource is as registered, or (when not acting) what it would look like.

        Raises: EstateError: one sentence; the run has failed, and `failure` holds the first of them.
        """
        with self._noting_failure():
            self._claim(registration)
            answer = self._answer(registration)
        with self._lock:
            self._answers[registration.urn] = answer
        return answer

    def register_outputs(self, urn: str, outputs: Mapping[str, Any]) -> None:
        """The outputs of a component, or of the stack itself (kept only if the run succeeds)."""
        with self._noting_failure():
            if self._executor and wire.contains_unknown(outputs):
                raise self._missing_output(urn, outputs)
        with self._lock:
            if urns.type_of(urn) == urns.STACK_TYPE:
                self.outputs = outputs
            elif urn in self.state.resources and self._executor:
                self.state.record(self.state.resources[urn].with_outputs(outputs))

    def read(self, registration: Registration, id_: str) -> Registered:
        """A resource that exists and is not managed here, or another stack's outputs."""
        with self._noting_failure():
            self._claim(registration)
            if registration.type == STACK_REFERENCE:
                outputs = self._stack_reference(id_)
            else:
                outputs = self._with_secrets(registration, self._read(registration, id_))
        self._record(registration, id=id_, outputs=outputs, external=True)
        self._done(Step(Action.READ, registration.urn))
        return Registered(registration.urn, id_, outputs)

    def invoke(self, token: str, arguments: Mapping[str, Any], provider: str) -> Mapping[str, Any]:
        """What a provider's function answers."""
        with self._noting_failure():
            config = self._providers.resolve(provider, arguments)
            ask = self.provider.invoke if self._executor and self.provider else functions.answer
            return ask(token, wire.plain(arguments), config)

    def fail(self, error: EstateError) -> None:
        """The first failure is the one that is told: what follows is mostly its consequence."""
        with self._lock:
            self.failure = self.failure or error

    def provider_config(self, registration: Registration) -> ProviderConfig:
        """Region, account and default tags that the resource gets from its provider."""
        return self._providers.resolve(registration.provider, registration.inputs)

    # -- the run's beginning and end ---------------------------------------------------------------------

    def resume(self) -> None:
        """Every step that an earlier run began and did not finish is done."""
        if self._executor:
            self._executor.resume()

    def finish(self) -> None:
        """What the program no longer registers is deleted, and the state is folded into its checkpoint.

        Raises: EstateError: the run failed earlier (nothing was deleted then), or a deletion fails now.
        """
        try:
            if self.failure:
                raise self.failure
            self._delete_stale()
            root = next((it for it in self.registrations.values() if it.type == urns.STACK_TYPE), None)
            if root:
                self._record(root, outputs=self.outputs)
        finally:
            if self._executor:
                self.state.compact(order=self.registrations)

    def destroy(self) -> None:
        """Everything in the state is deleted, and the state with it. Needs no program."""
        self.resume()
        self._delete_stale()
        self.state.delete()

    # -- deciding ----------------------------------------------------------------------------------------

    def _claim(self, registration: Registration) -> None:
        with self._lock:
            if registration.urn in self.registrations:
                raise RegistrationError(
                    f"Two resources have the URN {registration.urn!r}. Give one of them another name or parent."
                )
            self.registrations[registration.urn] = registration
            former = self._old(registration)
            if former and former.urn != registration.urn:
                self._claimed[former.urn] = registration.urn
                if self._executor:
                    self.state.rename(former.urn, registration.urn)

    def _answer(self, registration: Registration) -> Registered:
        if not registration.custom:
            old = self._old(registration)
            self._record(registration, outputs=old.outputs if old else {})
            return Registered(registration.urn, "", registration.inputs)
        if registration.is_provider:
            return self._register_provider(registration)
        if self._executor:
            return self._apply(registration, self._executor)
        return self._pretend(registration)

    def _register_provider(self, registration: Registration) -> Registered:
        refuse_remote_endpoints(registration.inputs)
        id_, outputs = computed_outputs(registration, None, self.settings.computed)
        if self._executor:
            self.state.note(ResourceState.of(registration, id=id_, outputs=outputs))
        return Registered(registration.urn, id_, outputs)

    def _decide(
        self, registration: Registration, old: ResourceState | None, location: str
    ) -> tuple[Step, Registration]:
        """The step, and the registration with what the program asked to ignore left as it was."""
        urn = registration.urn
        if old is None:
            return Step(Action.CREATE, urn), registration
        inputs = apply_ignore_changes(old.inputs, registration.inputs, registration.ignore_changes)
        registration = replace(registration, inputs=inputs)
        changed = changed_properties(old.inputs, inputs)
        if old.location and old.location != location:
            return Step(Action.REPLACE, urn, changed | {"region"}), registration
        if not changed:
            return Step(Action.SAME, urn), registration
        forced = apply_ignore_changes(old.inputs, inputs, registration.replace_on_changes) != inputs
        if forced or self._change(registration, changed) is not Change.UPDATE:
            return Step(Action.REPLACE, urn, changed), registration
        return Step(Action.UPDATE, urn, changed), registration

    def _change(self, registration: Registration, changed: frozenset[str]) -> Change:
        if self.provider is None:
            return Change.UPDATE
        return self.provider.change(registration.type, changed, wire.plain(dict(registration.inputs)))

    def _pretend(self, registration: Registration) -> Registered:
        old = self._old(registration)
        config = self._providers.resolve(registration.provider, registration.inputs)
        step, registration = self._decide(registration, old, _location(config))
        if old is None or step.action is Action.REPLACE:
            id_, outputs = computed_outputs(registration, config, self.settings.computed)
        else:
            known = self._complete(registration, old.outputs) if old.is_real else old.outputs
            id_, outputs = old.id, {**known, **registration.inputs}
        self._done(step)
        return Registered(registration.urn, id_, self._with_secrets(registration, outputs))

    # -- acting ------------------------------------------------------------------------------------------

    def _apply(self, registration: Registration, executor: Executor) -> Registered:
        if wire.contains_unknown(registration.inputs):
            raise self._missing_output(registration.urn, registration.inputs)
        executor.provider.check(registration.type)
        old = self._old(registration)
        location = _location(self._providers.resolve(registration.provider, registration.inputs))
        step, registration = self._decide(registration, old, location)
        state = self._take(step, registration, old, location, executor)
        self._done(step)
        return Registered(state.urn, state.id, self._complete(registration, state.outputs))

    def _take(
        self,
        step: Step,
        registration: Registration,
        old: ResourceState | None,
        location: str,
        executor: Executor,
    ) -> ResourceState:
        if old is None:
            return executor.create(ResourceState.of(registration, location=location))
        kept = ResourceState.of(
            registration, id=old.id, outputs=old.outputs, generation=old.generation, location=old.location
        )
        match step.action:
            case Action.SAME:
                self.state.record(kept)
                return kept
            case Action.UPDATE:
                return executor.update(kept)
            case _:
                return self._replace(step, registration, old, location, executor)

    def _replace(
        self, step: Step, registration: Registration, old: ResourceState, location: str, executor: Executor
    ) -> ResourceState:
        if old.protect:
            raise RegistrationError(
                f"{old.urn} is protected, and a change of {', '.join(sorted(step.changed))} replaces it. "
                "Undo the change, or take its protection away and run 'up' first."
            )
        change = self._change(registration, step.changed)
        delete_first = registration.delete_before_replace or change is Change.DELETE_BEFORE_REPLACE
        if delete_first:
            executor.delete(old)
        new = ResourceState.of(registration, generation=old.generation + 1, location=location)
        return executor.create(new, retires=not delete_first)

    def _delete_stale(self) -> None:
        declared = self.registrations.keys() | self._claimed.keys()
        stale = [it for urn, it in self.state.resources.items() if urn not in declared]
        for resource in stale:
            if resource.protect:
                raise RegistrationError(
                    f"{resource.urn} is protected and is no longer declared. "
                    "Declare it again, or take its protection away and run 'up' first."
                )
        replaced = {id(each) for each in self.state.retired}

        def deleted(resource: ResourceState) -> None:
            if resource.is_real and id(resource) not in replaced:
                self._done(Step(Action.DELETE, resource.urn))

        if self._executor:
            self._executor.delete_all(stale + self.state.retired, deleted)
        else:
            for resource in stale:
                deleted(resource)

    # -- small facts -------------------------------------------------------------------------------------

    @contextmanager
    def _noting_failure(self) -> Iterator[None]:
        try:
            yield
        except EstateError as error:
            self.fail(error)
            raise

    def _old(self, registration: Registration) -> ResourceState | None:
        """What is managed under its URN, or under an alias that no other resource has or claimed."""
        free = (
            urn
            for urn in registration.aliases
            if urn not in self.registrations and self._claimed.get(urn, registration.urn) == registration.urn
        )
        known = (self.state.resources.get(urn) for urn in (registration.urn, *free))
        return next((it for it in known if it and not it.external), None)

    def _record(self, registration: Registration, **known: Any) -> None:
        if self._executor:
            with self._lock:
                self.state.record(ResourceState.of(registration, **known))

    def _done(self, step: Step) -> None:
        with self._lock:
            self.steps.append(step)
        self.settings.on_step(step)

    def _with_secrets(self, registration: Registration, outputs: Mapping[str, Any]) -> dict[str, Any]:
        names = {*registration.additional_secret_outputs}
        names |= {name for name, value in registration.inputs.items() if wire.is_secret(value)}
        return {key: wire.secret(it) if key in names else it for key, it in outputs.items()}

    def _complete(self, registration: Registration, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Outputs that no handler returned are unknown, so that reading one cannot pass for an empty value."""
        return dict.fromkeys(output_kinds(registration.type), wire.UNKNOWN) | dict(outputs)

    def _missing_output(self, urn: str, properties: Mapping[str, Any]) -> MissingOutput:
        unknown = sorted(name for name, value in properties.items() if wire.contains_unknown(value))
        asked = self.registrations[urn].property_dependencies
        sources = sorted({source for name in unknown for source in asked.get(name, ())})
        lacking = "; ".join(f"{source} returns no {' or '.join(self._lacking(source))}" for source in sources)
        return MissingOutput(
            f"{', '.join(unknown)} of {urn} reads an output that no handler returns"
            f"{f' ({lacking})' if lacking else ''}. Return it from the handler's row under twin/aws."
        )

    def _lacking(self, urn: str) -> list[str]:
        """The outputs that a resource did not return; inputs that were not given only if it is nothing else."""
        answer = self._answers.get(urn)
        names = {key for key, it in answer.outputs.items() if it == wire.UNKNOWN} if answer else set()
        return sorted(names & computed_names(urns.type_of(urn)) or names) if names else []

    def _stack_reference(self, name: str) -> dict[str, Any]:
        if self.settings.computed is Computed.UNKNOWN and not self._executor:
            return {"name": name, "outputs": wire.UNKNOWN, "secretOutputNames": wire.UNKNOWN}
        self._refuse_reference(name)
        outputs = self.settings.outputs_of(name.rsplit("/", 1)[-1])
        if outputs is None:
            raise ProgramError(
                f"Stack {name!r} is referenced and has no outputs. Bring its layer up first: layers go in order."
            )
        hidden = sorted(key for key, value in outputs.items() if wire.is_secret(value))
        return {"name": name, "outputs": dict(outputs), "secretOutputNames": hidden}

    def _refuse_reference(self, name: str) -> None:
        """Raises: ProgramError: nobody here will ever have the outputs, so that waiting for them would not end."""
        project, stack = _project_and_stack(name)
        if project not in ("", self.settings.project):
            raise ProgramError(
                f"Stack {name!r} is of project {project!r}, and only stacks of {self.settings.project!r} are evaluated "
                "here. Take what is read from it from the stack's configuration instead."
            )
        if stack == self.settings.stack:
            raise ProgramError(
                f"Stack {name!r} is referenced by itself, and it has no outputs before it has ended. "
                "Use the value where it is made instead."
            )

    def _read(self, registration: Registration, id_: str) -> Mapping[str, Any]:
        config = self._providers.resolve(registration.provider, registration.inputs)
        if not (self._executor and self.provider):
            return computed_outputs(registration, config, self.settings.computed)[1]
        urn = registration.urn
        operation = Operation(urn, registration.type, registration.name, urn, urn, config)
        outputs = self.provider.read(operation, id_, {})
        if outputs is None:
            raise ResourceFailed("read", urn, f"there is no {registration.type} {id_!r}")
        return self._complete(registration, outputs)

    def _provider_inputs(self, urn: str) -> Mapping[str, Any] | None:
        known = self.registrations.get(urn) or self.state.resources.get(urn)
        return known.inputs if known else None


def _project_and_stack(name: str) -> tuple[str, str]:
    """Of a reference; the project is '' where the name does not tell it."""
    parts = name.split("/")
    return parts[-2] if len(parts) == QUALIFIED_PARTS else "", parts[-1]


def _location(config: ProviderConfig) -> str:
    return f"{config.account_id}/{config.region}"

"""Carries out resource operations on the emulated control plane, as the handler table says."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError, HTTPClientError, ParamValidationError
from botocore.exceptions import ConnectionError as NoConnection

from engine import functions
from engine.exceptions import ResourceFailed
from engine.provider import Change, Created, Operation, ProviderConfig
from twin.aws import registry
from twin.aws.call import Take
from twin.aws.clients import Clients, Count, counting
from twin.aws.coverage import carried, taken, unhandled
from twin.aws.descriptions import computed, declared, describe, output_names
from twin.aws.exceptions import ControlPlaneDown, PropertyNotHandled
from twin.aws.functions import Invocation
from twin.aws.resource import Resource
from twin.aws.step import Step, creating

__all__ = ["EmulatorProvider"]

Properties = Mapping[str, Any]


class EmulatorProvider:
    """The engine's provider for a control plane on this machine. Safe to use from several threads.

    Raises:
        EndpointRefused: the endpoint is not a loopback address.
    """

    def __init__(self, endpoint: str) -> None:
        self._clients = Clients(endpoint)

    def check(self, type_token: str) -> None:
        registry.resource(type_token)

    def output_names(self, type_token: str) -> frozenset[str]:
        return output_names(type_token)

    def change(self, type_token: str, changed: frozenset[str], inputs: Properties | None = None) -> Change:
        """How the change is carried out.

        Args:
            inputs: the new ones, where known: a name that the program fixed and keeps cannot be had twice.
        """
        row = registry.resource(type_token)
        if not changed & (row.replaces | {"region"}):
            return Change.UPDATE
        fixed = row.name and inputs and inputs.get(row.name.property) and row.name.property not in changed
        return Change.DELETE_BEFORE_REPLACE if fixed else row.change

    def create(self, operation: Operation, inputs: Properties) -> Created:
        row = registry.resource(operation.type)
        with self._outcome("create", operation, row, inputs):
            missing = unhandled(row, inputs)
            if missing:
                raise PropertyNotHandled(row.token, missing[0])
            step = self._step(row, operation, _filled(row, operation, inputs))
            _create(step, inputs)
            return Created(step.id, computed(step))

    def update(
        self,
        operation: Operation,
        id: str,
        old: Properties,
        new: Properties,
        outputs: Properties,
    ) -> Properties:
        row = registry.resource(operation.type)
        with self._outcome("update", operation, row, {**old, **new}):
            step = self._step(row, operation, _filled(row, operation, new, outputs), id, outputs)
            step.old = {**row.defaults, **old}
            step.changed = frozenset(
                name for name in old.keys() | new.keys() if old.get(name) != new.get(name)
            )
            _update(step)
            describe(step)
            kept = {name: value for name, value in outputs.items() if name not in old.keys() | new.keys()}
            return {**kept, **computed(step)}

    def delete(self, operation: Operation, id: str, inputs: Properties, outputs: Properties) -> None:
        row = registry.resource(operation.type)
        with self._outcome("delete", operation, row, inputs):
            step = self._step(row, operation, {**row.defaults, **outputs, **inputs}, id, outputs)
            if row.before_delete:
                with _absent_is_gone(row):
                    row.before_delete(step)
            for call in row.delete:
                with _absent_is_gone(row):
                    step.call(call)

    def read(self, operation: Operation, id: str, outputs: Properties) -> Properties | None:
        row = registry.resource(operation.type)
        with self._failures("read", operation.urn, _secrets(row, outputs)):
            step = self._step(row, operation, {**row.defaults, **outputs}, id, outputs)
            there = False
            with _absent_is_gone(row):
                there = describe(step)
            return declared(step, dict(outputs)) if there else None

    def invoke(self, token: str, arguments: Properties, config: ProviderConfig) -> Properties:
        """Functions that need no control plane answer as in a preview, so that neither shows a difference."""
        asked = registry.functions().get(token)
        if asked is None:
            return functions.answer(token, arguments, config)
        with self._failures("invoke", token, []):
            return asked(Invocation(arguments, config, self._clients))

    def _step(
        self,
        row: Resource,
        operation: Operation,
        inputs: dict[str, Any],
        id: str = "",
        outputs: Properties | None = None,
    ) -> Step:
        return Step(row, operation, self._clients, inputs, outputs=dict(outputs or {}), id=id)

    @contextmanager
    def _outcome(self, doing: str, operation: Operation, row: Resource, inputs: Properties) -> Iterator[None]:
        with (
            counting(operation.token) as count,
            self._failures(doing, operation.urn, _secrets(row, inputs), count),
        ):
            yield

    @contextmanager
    def _failures(
        self, doing: str, urn: str, secrets: list[str], count: Count | None = None
    ) -> Iterator[None]:
        """AWS's errors become the engine's, with no secret in their text.

        Args:
            count: of a step that changes things: what it changed before the error says whether that is partial.
        """
        try:
            yield
        except ClientError as error:
            code, message = (
                error.response["Error"].get("Code", "?"),
                error.response["Error"].get("Message", ""),
            )
            reason = _without(secrets, f"{code}: {message}")
            raise ResourceFailed(doing, urn, reason, _is_partial(count)) from None
        except (ParamValidationError, PropertyNotHandled) as error:
            raise ResourceFailed(doing, urn, _without(secrets, str(error)), _is_partial(count)) from None
        except (HTTPClientError, NoConnection):
            raise ControlPlaneDown(self._clients.endpoint) from None


def _is_partial(count: Count | None) -> bool:
    return count is not None and count.has_changed


def _secrets(row: Resource, inputs: Properties) -> list[str]:
    """Longest first, so that none is left in part."""
    return sorted(
        (str(inputs[name]) for name in row.secrets if inputs.get(name)),
        key=len,
        reverse=True,
    )


def _without(secrets: list[str], text: str) -> str:
    for value in secrets:
        text = text.replace(value, "[secret]")
    return text


def _filled(
    row: Resource,
    operation: Operation,
    inputs: Properties,
    outputs: Properties | None = None,
) -> dict[str, Any]:
    """The inputs with defaults, and with the name that the resource has or is to have."""
    filled = {**row.defaults, **inputs}
    if row.name:
        known = (outputs or {}).get(row.name.property)
        filled[row.name.property] = known or row.name.of(operation.name, operation.seed, inputs)
    return filled


def _create(step: Step, inputs: Properties) -> None:
    row = step.row
    if row.create is not None:
        step.item = step.call(creating(row, bool(step.tags)), keep_empty=False, tags=step.tags_in_form)
    step.id = str(step.value(row.id))
    for call in row.settings:
        if frozenset(inputs) & carried(row, call, inputs):
            step.call(call, inputs)
    if row.tagging and step.tags and not row.tagging.create:
        step.tag()
    if row.after_create:
        row.after_create(step)
    if row.refresh or (row.read and row.create and row.create.pick is None):
        describe(step)


def _update(step: Step) -> None:
    row, changed = step.row, step.changed
    if row.before_update:
        row.before_update(step)
    done = row.hook_reads | row.ignored.keys() | ({"tags"} if row.tagging else set[str]())
    for call in (*row.updates, *row.settings):
        carries = carried(row, call, changed)
        if carries:
            step.call(call, taken(row, call, changed) if call.takes is Take.CHANGED else None)
            done |= carries
    left = sorted(changed - done - {"region"})
    if left:
        raise PropertyNotHandled(row.token, left[0], "cannot be changed in place")
    if row.tagging and step.tags != step.outputs.get("tagsAll"):
        step.tag()


@contextmanager
def _absent_is_gone(row: Resource) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if not row.says_absent(error.response["Error"].get("Code", "")):
            raise

"""One step on one resource: what is known of it, and the calls made for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from engine.provider import Operation
from twin.aws.call import Call
from twin.aws.clients import Clients
from twin.aws.coverage import taken, target, writing
from twin.aws.exceptions import PropertyNotHandled
from twin.aws.expressions import Expression, evaluate, pruned
from twin.aws.mapping import Naming, plain, to_shape
from twin.aws.names import uuid
from twin.aws.resource import Resource
from twin.aws.shapes import client_tokens, input_shape
from twin.aws.tags import merged, to_form

__all__ = ["Step", "creating"]


@cache
def creating(row: Resource, tagged: bool) -> Call:
    """The row's create call, with its tags if there are any to put."""
    assert row.create is not None
    if not (tagged and row.tagging):
        return row.create
    return replace(row.create, params={**row.create.params, **row.tagging.create})


@dataclass
class Step:
    """A step being carried out. Code of a row reads it, and may change `inputs`, `outputs`, `item` and `id`.

    Attributes: see `twin.aws.resource` for the scope's names; `changed`: properties that an update changes.
    """

    row: Resource
    operation: Operation
    clients: Clients
    inputs: dict[str, Any]
    old: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    changed: frozenset[str] = frozenset()
    id: str = ""
    answer: Any = None
    item: Any = None
    also: dict[str, Any] = field(default_factory=dict[str, Any])
    calls: int = 0

    @property
    def region(self) -> str:
        return self.inputs.get("region") or self.operation.config.region

    @property
    def tags(self) -> dict[str, str]:
        """All tags that the resource is to have."""
        return merged(self.operation.config, self.inputs)

    @property
    def tags_in_form(self) -> Any:
        """The same, as the service writes them; None if the type takes none."""
        return to_form(self.tags, self.row.tagging.form) if self.row.tagging else None

    def scope(self, **more: Any) -> dict[str, Any]:
        return {
            "inputs": self.inputs,
            "old": self.old,
            "outputs": self.outputs,
            "id": self.id,
            "answer": self.answer,
            "item": self.item,
            "region": self.region,
            "account": self.operation.config.account_id,
            "token": self.operation.token,
            "seed": self.operation.seed,
            **self.also,
            **more,
        }

    def value(self, expression: Expression, **more: Any) -> Any:
        return evaluate(expression, self.scope(**more))

    def api(
        self,
        method: str,
        *,
        service: str | None = None,
        region: str | None = None,
        **arguments: Any,
    ) -> dict[str, Any]:
        """AWS's answer to one call, as plain values.

        Client tokens, which boto3 would make at random, derive from the step's token.
        """
        return self._send(method, service or self.row.service, region or self.region, arguments)

    def _send(self, method: str, service: str, region: str, arguments: dict[str, Any]) -> dict[str, Any]:
        self.calls += 1
        for member in client_tokens(service, method):
            arguments.setdefault(member, uuid(f"{self.operation.token}/{self.calls}"))
        client = self.clients.get(service, region, self.operation.config.account_id)
        return plain(getattr(client, method)(**arguments))

    def call(
        self,
        call: Call,
        names: Iterable[str] | None = None,
        *,
        keep_empty: bool = True,
        **more: Any,
    ) -> Any:
        """The call's `pick` of its last answer, None if the call was not to be made.

        Args:
            names: of the inputs, those that it may take by name.
        """
        if call.when is not None and not self.value(call.when, **more):
            return None
        elements = [None] if call.each is None else self.value(call.each, **more) or []
        for element in elements:
            arguments = self.arguments(call, names, keep_empty, each=element, **more)
            self.answer = self._tolerant(call, arguments)
        if not elements:
            return None
        picked = self.value("answer" if call.pick is None else call.pick, **more)
        return self._found(call, picked) if call.find else picked

    def _found(self, call: Call, picked: Any) -> Any:
        wanted = pruned({member: self.value(expression) for member, expression in call.find.items()})
        return next(
            (element for element in picked or [] if wanted.items() <= element.items()),
            None,
        )

    def _tolerant(self, call: Call, arguments: dict[str, Any]) -> Any:
        try:
            region = self.value(call.region) or self.region
            return self._send(call.operation, call.service or self.row.service, region, arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] in call.tolerates:
                return None
            raise

    def arguments(
        self, call: Call, names: Iterable[str] | None, keep_empty: bool, **more: Any
    ) -> dict[str, Any]:
        """The call's parameters: inputs by name, and the row's explicit ones over them."""
        shape = input_shape(call.service or self.row.service, call.operation)
        if shape is None:
            return {}
        values = {name: self.value(expression, **more) for name, expression in call.params.items()}
        explicit = to_shape(pruned(values) or {}, shape, Naming(self.row.token))
        by_name = self._by_name(call, names, keep_empty)
        if call.within is None:
            return {**by_name, **explicit}
        inside = to_shape({call.within: [by_name]}, shape, Naming(self.row.token))
        return _joined(inside, explicit)

    def _by_name(self, call: Call, names: Iterable[str] | None, keep_empty: bool) -> dict[str, Any]:
        shape = target(self.row, call)
        given = {
            name: self._given(name) for name in taken(self.row, call, self.inputs if names is None else names)
        }
        return to_shape(given, shape, writing(self.row), "", keep_empty) if shape else {}

    def _given(self, name: str) -> Any:
        if name not in self.inputs and name in self.changed:
            raise PropertyNotHandled(
                self.row.token,
                name,
                "was removed, and the row has no default to put back",
            )
        return self.inputs.get(name)

    def tag(self) -> None:
        """The resource's tags are those declared and the provider's, no others of ours."""
        tagging = self.row.tagging
        if tagging is None:
            return
        before: Mapping[str, str] = self.outputs.get("tagsAll") or {}
        removed = sorted(before.keys() - self.tags.keys())
        if removed and tagging.remove is not None:
            self.call(tagging.remove, tag_keys=removed)
        if self.tags or (removed and tagging.remove is None):
            self.call(tagging.add, tags=self.tags_in_form)


def _joined(one: Any, other: Any) -> Any:
    """Both structures, with the members of both; lists of one count as what they hold."""
    match one, other:
        case dict(), dict():
            both = {name: _joined(one[name], other[name]) for name in one.keys() & other.keys()}
            return {**one, **other, **both}
        case [single], [another]:
            return [_joined(single, another)]
        case _:
            return other

"""How a difference between moto and AWS is declared, and mended.

An extension says what stock moto does, what AWS does and where AWS says so, and mends it by any of five means:

`Kept` rules   members of a request that AWS keeps and shows, and moto forgets or falsifies.
`operations`   API operations that are answered here, because moto does not have them or has them wrong.
`amends`       changes to the document of an answer, where keeping is not enough.
`shows`        what else an answer shows, from what is remembered or reported by the data plane.
`patch`        a change inside moto, for behaviour that no single request or answer shows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from twin.aws.emulator.answer import Answer, Responder
from twin.aws.emulator.authorization.gate import Gate
from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.exchange import Exchange
from twin.aws.emulator.memory import Memory
from twin.aws.emulator.monitoring.monitoring import Monitoring

__all__ = ["Amendment", "Context", "Extension", "Inside", "Kept", "Operation", "Refused", "Showing"]


@dataclass(frozen=True)
class Kept:
    """Members of requests that come back in answers.

    Attributes:
        kind: names what is remembered, within the service.
        writes: operation -> where its parameters hold the members (JMESPath; ``@`` is all of them).
        shows: operation -> where its answer holds the items (JMESPath to an item or a list of items).
        key: what tells items apart (JMESPath on an item).
        members: the member's name in the item -> where it comes from (JMESPath on what `writes` gave). A member
            that the request does not have keeps what it had.
        creates: operations that begin a new item: whatever was remembered under its key is dropped.
        parameter_key: operation -> the key, in the parameters, where the answer does not have it.
        defaults: what AWS shows where nothing was ever given.
    """

    kind: str
    writes: Mapping[str, str]
    shows: Mapping[str, str]
    key: str
    members: Mapping[str, str]
    creates: frozenset[str] = frozenset()
    parameter_key: Mapping[str, str] = field(default_factory=dict[str, str])
    defaults: Mapping[str, object] = field(default_factory=dict[str, object])


class Refused(Exception):
    """moto refuses the request. Attributes: answer, with moto's error."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(answer.status)


@dataclass(frozen=True)
class Context:
    """What an operation that is answered here may use."""

    call: Call
    memory: Memory
    moto: Callable[[], Answer]
    exchange: Exchange
    monitoring: Monitoring
    environ: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The request as it came in."""
    gate: Gate | None = None
    """What judges sessions; None where nothing does."""

    def reported(self, kind: str) -> Mapping[str, Document]:
        """What the data plane reports of this kind, of the call's service and region, by key.

        They are not to be changed: merge them into what is shown.
        """
        return self.exchange.reported(self.call.region, self.call.service, kind)

    def document(self) -> Document:
        """What moto answers to the same request.

        Raises:
            Refused: moto answers with an error, which then is the answer.
        """
        answer = self.moto()
        if answer.code >= 300:
            raise Refused(answer)
        return self.call.document(answer)


Operation = Callable[[Context], Document]
"""The answer's document; raises `AwsError` for what AWS refuses."""

Amendment = Callable[[Call, Document], None]
"""Changes the document of a successful answer in place, after what is kept was put into it."""

Showing = Callable[[Context, Document], None]
"""As an amendment, and after all of them, with the memory and what is reported at hand."""


@dataclass(frozen=True)
class Inside:
    """What an extension may use beside requests.

    Attributes:
        respond: answers a request as all extensions and moto do; what AWS refuses it may raise as `AwsError`.
        monitoring: CloudWatch, for services that publish metrics or are an alarm's action.
    """

    respond: Responder
    memory: Memory
    exchange: Exchange
    monitoring: Monitoring


@dataclass(frozen=True)
class Extension:
    """One difference.

    Attributes:
        source: the page on which AWS documents what it does.
        resources: the kinds in the memory that are resources of their own, for the inventory.
        start: begins what goes on beside requests.
        join: is given what it may use beside requests, once all extensions are there.
    """

    service: str
    topic: str
    stock: str
    aws: str
    change: str
    source: str
    kept: tuple[Kept, ...] = ()
    operations: Mapping[str, Operation] = field(default_factory=dict[str, Operation])
    amends: Mapping[str, Amendment] = field(default_factory=dict[str, Amendment])
    shows: Mapping[str, Showing] = field(default_factory=dict[str, Showing])
    patch: Callable[[], None] | None = None
    resources: tuple[str, ...] = ()
    start: Callable[[Exchange], None] | None = None
    join: Callable[[Inside], None] | None = None

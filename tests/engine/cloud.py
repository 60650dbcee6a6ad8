"""A cloud in a dictionary, which keeps the emulator's promises to the engine and shows what was done to it."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import functions
from engine.exceptions import ResourceFailed, UnsupportedResource
from engine.provider import Change, Created, Operation, ProviderConfig
from tests.engine.fuse import Fuse

__all__ = ["Cloud", "Thing"]

Properties = Mapping[str, Any]


@dataclass
class Thing:
    """What exists. Attributes: place: account/region; physical_name: what no two things of a place may share."""

    type: str
    name: str
    place: str
    physical_name: str
    inputs: dict[str, Any]


@dataclass
class Cloud:
    """Implements `engine.provider.Provider`.

    An operation's token is honoured as the emulator does: the same token gets the same answer, and nothing is
    done twice.

    Attributes:
        replaces: input properties that cannot be changed in place. A resource whose `name` the program fixed and
            keeps cannot exist twice: its old one has to go first.
        withholds: output properties that are not returned.
        breaks: by (operation, name), the error with which it fails.
        breaks_halfway: whether something had been changed by then.
        returns: more outputs, computed from the inputs.
        calls: what was asked, as (operation, name), repetitions included.
    """

    replaces: frozenset[str] = frozenset()
    withholds: frozenset[str] = frozenset()
    unhandled: frozenset[str] = frozenset()
    breaks: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    breaks_halfway: bool = False
    returns: Callable[[Properties], Properties] = lambda inputs: {}
    things: dict[str, Thing] = field(default_factory=dict[str, Thing])
    calls: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    fuse: Fuse = field(default_factory=Fuse)
    _answers: dict[str, Any] = field(default_factory=dict[str, Any])
    _made: Counter[str] = field(default_factory=Counter[str])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    # -- what the engine asks ----------------------------------------------------------------------------

    def check(self, type_token: str) -> None:
        if type_token in self.unhandled:
            raise UnsupportedResource(type_token)

    def change(self, type_token: str, changed: frozenset[str], inputs: Properties) -> Change:
        if not changed & (self.replaces | {"region"}):
            return Change.UPDATE
        keeps_its_name = "name" in inputs and "name" not in changed
        return Change.DELETE_BEFORE_REPLACE if keeps_its_name else Change.REPLACE

    def create(self, operation: Operation, inputs: Properties) -> Created:
        return self._once("create", operation, lambda: self._create(operation, inputs))

    def update(
        self, operation: Operation, id: str, old: Properties, new: Properties, outputs: Properties
    ) -> Properties:
        return self._once("update", operation, lambda: self._update(operation, id, new))

    def delete(self, operation: Operation, id: str, inputs: Properties, outputs: Properties) -> None:
        self._once("delete", operation, lambda: self._delete(operation, id))

    def read(self, operation: Operation, id: str, outputs: Properties) -> Properties | None:
        self.calls.append(("read", operation.name))
        thing = self.things.get(id)
        return self._outputs(id, thing) if thing else None

    def invoke(self, token: str, arguments: Properties, config: ProviderConfig) -> Properties:
        self.calls.append(("invoke", token))
        return functions.answer(token, arguments, config)

    # -- what a test asks --------------------------------------------------------------------------------

    @property
    def inventory(self) -> list[tuple[str, str, dict[str, Any]]]:
        """(type, name, inputs) of everything that exists, sorted: the same in every run with the same result."""
        rows = [(it.type, it.name, it.inputs) for it in self.things.values()]
        return sorted(rows, key=lambda row: (row[0], row[1], repr(row[2])))

    @property
    def names(self) -> list[str]:
        return sorted(it.name for it in self.things.values())

    def told(self, operation: str) -> list[str]:
        """The names with which this operation was asked for, in order."""
        return [name for done, name in self.calls if done == operation]

    def thing(self, name: str) -> Thing:
        """The only thing of that name."""
        (thing,) = (it for it in self.things.values() if it.name == name)
        return thing

    # -- doing it ----------------------------------------------------------------------------------------

    def _once(self, doing: str, operation: Operation, act: Callable[[], Any]) -> Any:
        with self._lock, self.fuse.around(f"{doing} of {operation.name}"):
            self.calls.append((doing, operation.name))
            if operation.token not in self._answers:
                reason = self.breaks.get((doing, operation.name))
                if reason:
                    raise ResourceFailed(doing, operation.urn, reason, partial=self.breaks_halfway)
                self._answers[operation.token] = act()
            return self._answers[operation.token]

    def _create(self, operation: Operation, inputs: Properties) -> Created:
        place = _place(operation.config)
        physical_name = f"{operation.type}/{inputs.get('name') or operation.seed}"
        if any((it.place, it.physical_name) == (place, physical_name) for it in self.things.values()):
            raise ResourceFailed("create", operation.urn, "AlreadyExists")
        self._made[operation.name] += 1
        id_ = f"{operation.name}-{self._made[operation.name]}"
        self.things[id_] = Thing(operation.type, operation.name, place, physical_name, dict(inputs))
        return Created(id_, self._outputs(id_, self.things[id_]))

    def _update(self, operation: Operation, id: str, new: Properties) -> Properties:
        thing = self.things[id]
        assert thing.place == _place(operation.config), f"{id} is changed where it is not"
        thing.inputs = dict(new)
        return self._outputs(id, thing)

    def _delete(self, operation: Operation, id: str) -> None:
        thing = self.things.get(id)
        assert thing is None or thing.place == _place(operation.config), f"{id} is deleted where it is not"
        self.things.pop(id, None)

    def _outputs(self, id_: str, thing: Thing) -> dict[str, Any]:
        computed = {
            "arn": f"arn:aws:{thing.place}:{id_}",
            "url": f"https://{id_}",
            "name": thing.name,
            "tagsAll": thing.inputs.get("tags", {}),
        }
        outputs = computed | thing.inputs | dict(self.returns(thing.inputs))
        return {key: value for key, value in outputs.items() if key not in self.withholds}


def _place(config: ProviderConfig) -> str:
    return f"{config.account_id}/{config.region}"

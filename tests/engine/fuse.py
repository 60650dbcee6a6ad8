"""A process that can be killed at any moment, for tests that want it dead at a known one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Fuse", "Killed"]


class Killed(BaseException):
    """The process is gone: nothing in the engine may catch this and go on."""


class Fuse:
    """Notes the moments that a run passes, and blows at one of them: a run whose fuse is blown does nothing more."""

    def __init__(self, blows: Callable[[list[str]], bool] = lambda passed: False) -> None:
        self.passed: list[str] = []
        self._blows = blows

    @classmethod
    def at(cls, moment: str) -> "Fuse":
        """Blows the first time that this moment comes."""
        return cls(lambda passed: moment in passed)

    @classmethod
    def after(cls, count: int) -> "Fuse":
        """Blows at the moment of this number, counted from 0."""
        return cls(lambda passed: len(passed) > count)

    @property
    def blown(self) -> bool:
        return self._blows(self.passed)

    def moment(self, name: str) -> None:
        if not self.blown:
            self.passed.append(name)
        if self.blown:
            raise Killed(name)

    @contextmanager
    def around(self, name: str) -> Iterator[None]:
        """A moment before what happens in the context, and one after it."""
        self.moment(f"before {name}")
        yield
        self.moment(f"after {name}")

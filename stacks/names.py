"""What the stacks are called, and in which order they are deployed."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Layer", "StackName", "deployment_order"]

_STANDBY = "-standby"


class Layer(StrEnum):
    """Parts of an estate with a rate of change and a blast radius of their own, in order of deployment."""

    FOUNDATION = "foundation"
    DATA = "data"
    PLATFORM = "platform"
    SERVICES = "services"
    RECOVERY = "recovery"


@dataclass(frozen=True)
class StackName:
    """``<layer>-<environment>``, with ``-standby`` for what stands in the standby region."""

    layer: Layer
    environment: str
    is_standby: bool = False

    def __post_init__(self) -> None:
        """Raises: ValueError: the name of a stack could not be read back."""
        if not self.environment or self.environment.endswith(_STANDBY):
            raise ValueError(
                f"An environment's name must not be empty or end in {_STANDBY!r}, got {self.environment!r}. "
                "Choose another name: it is how the stacks of the two regions are told apart."
            )

    def __str__(self) -> str:
        return f"{self.layer}-{self.environment}{_STANDBY if self.is_standby else ''}"

    @classmethod
    def parse(cls, text: str) -> "StackName":
        """Raises: ValueError: the text names no stack of this project."""
        layer, _, rest = text.partition("-")
        environment = rest.removesuffix(_STANDBY)
        if layer not in list(Layer) or not environment or environment.endswith(_STANDBY):
            layers = ", ".join(Layer)
            raise ValueError(
                f"Stack {text!r} is not named '<layer>-<environment>' or '<layer>-<environment>-standby'. "
                f"Layers are {layers}."
            )
        return cls(Layer(layer), environment, is_standby=rest != environment)

    def sibling(self, layer: Layer, is_standby: bool | None = None) -> "StackName":
        """Another stack of the same environment, in the same region unless told otherwise."""
        return StackName(layer, self.environment, self.is_standby if is_standby is None else is_standby)


def deployment_order(environment: str, has_standby: bool) -> Iterator[StackName]:
    """Every stack of an environment, each after those that it reads.

    Recovery goes the other way round: copies are sent to vaults and buckets that must already be there.
    """
    for layer in Layer:
        regions = (True, False) if layer is Layer.RECOVERY else (False, True)
        for is_standby in regions:
            if has_standby or not is_standby:
                yield StackName(layer, environment, is_standby)

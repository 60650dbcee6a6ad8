"""The facts about one resource: what the program asked for, and what is known of it once it was made."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine import urn as urns

__all__ = ["Registration", "ResourceState", "Source"]


@dataclass(frozen=True)
class Source:
    """A place in the program. Attributes: file (absolute path), line (from 1)."""

    file: str
    line: int


@dataclass(frozen=True)
class Registration:
    """A resource as the program registered it, transforms applied.

    Attributes:
        inputs: in the form of `engine.wire`; secrets wrapped, unknowns marked.
        dependencies: URNs, components expanded into their children by the SDK.
        property_dependencies: URNs by input property.
        provider: ``<urn>::<id>`` of an explicit provider, '' for the default one.
        aliases: URNs under which this resource may be known in the state.
        ignore_changes, replace_on_changes: property paths, such as ``desiredCount`` or ``tags["x"]``.
        trace: the program's frames, innermost first: where the resource is created, then its callers.
    """

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    inputs: Mapping[str, Any]
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    provider: str = ""
    aliases: tuple[str, ...] = ()
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    delete_before_replace: bool = False
    protect: bool = False
    retain_on_delete: bool = False
    trace: tuple[Source, ...] = ()

    @property
    def is_provider(self) -> bool:
        return self.type.startswith("pulumi:providers:")

    @property
    def source(self) -> Source | None:
        """The innermost place in the program that creates the resource."""
        return self.trace[0] if self.trace else None


@dataclass(frozen=True)
class ResourceState:
    """A resource in the state, as Pulumi's checkpoint (version 3) describes it.

    Attributes:
        external: read, not managed: never deleted.
        location: ``account/region`` in which it was made; a resource cannot move, only be replaced.
        generation: how often the resource was replaced; physical names derive from it.
    """

    urn: str
    type: str
    custom: bool
    id: str = ""
    parent: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    provider: str = ""
    protect: bool = False
    retain_on_delete: bool = False
    additional_secret_outputs: tuple[str, ...] = ()
    ignore_changes: tuple[str, ...] = ()
    external: bool = False
    location: str = ""
    generation: int = 0

    @classmethod
    def of(cls, registration: Registration, **known: Any) -> "ResourceState":
        """The state of a registration, with what is known of it so far (id, outputs, generation)."""
        return cls(
            urn=registration.urn,
            type=registration.type,
            custom=registration.custom,
            parent=registration.parent,
            inputs=registration.inputs,
            dependencies=registration.dependencies,
            property_dependencies=registration.property_dependencies,
            provider=registration.provider,
            protect=registration.protect,
            retain_on_delete=registration.retain_on_delete,
            additional_secret_outputs=registration.additional_secret_outputs,
            ignore_changes=registration.ignore_changes,
            **known,
        )

    @property
    def is_real(self) -> bool:
        """Whether a provider made it: components, providers and references are the engine's own."""
        return self.custom and not self.external and not self.type.startswith("pulumi:")

    @property
    def precedents(self) -> frozenset[str]:
        """URNs that must be there as long as this resource is."""
        needed = {*self.dependencies, self.parent, urns.provider_of(self.provider)}
        for dependencies in self.property_dependencies.values():
            needed.update(dependencies)
        return frozenset(needed - {"", self.urn})

    def with_outputs(self, outputs: Mapping[str, Any]) -> "ResourceState":
        return replace(self, outputs=outputs)

    def to_checkpoint(self) -> dict[str, Any]:
        document: dict[str, Any] = {"urn": self.urn, "custom": self.custom, "type": self.type}
        optional = {
            "id": self.id,
            "parent": self.parent,
            "inputs": dict(self.inputs),
            "outputs": dict(self.outputs),
            "dependencies": list(self.dependencies),
            "propertyDependencies": {key: list(value) for key, value in self.property_dependencies.items()},
            "provider": self.provider,
            "protect": self.protect,
            "retainOnDelete": self.retain_on_delete,
            "additionalSecretOutputs": list(self.additional_secret_outputs),
            "ignoreChanges": list(self.ignore_changes),
            "external": self.external,
            "location": self.location,
            "generation": self.generation,
        }
        return document | {key: value for key, value in optional.items() if value}

    @classmethod
    def from_checkpoint(cls, document: Mapping[str, Any]) -> "ResourceState":
        return cls(
            urn=document["urn"],
            type=document["type"],
            custom=document["custom"],
            id=document.get("id", ""),
            parent=document.get("parent", ""),
            inputs=document.get("inputs", {}),
            outputs=document.get("outputs", {}),
            dependencies=tuple(document.get("dependencies", ())),
            property_dependencies={
                key: tuple(value) for key, value in document.get("propertyDependencies", {}).items()
            },
            provider=document.get("provider", ""),
            protect=document.get("protect", False),
            retain_on_delete=document.get("retainOnDelete", False),
            additional_secret_outputs=tuple(document.get("additionalSecretOutputs", ())),
            ignore_changes=tuple(document.get("ignoreChanges", ())),
            external=document.get("external", False),
            location=document.get("location", ""),
            generation=document.get("generation", 0),
        )

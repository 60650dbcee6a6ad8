"""Pulumi's inputs as the values and the expressions of a plan document.

Values that Terraform could not know yet are left out of the values; the expressions say what they refer to. A block
of which there is one is a list of one in both: Checkov follows references through lists only.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from compliance.exceptions import UnmappedProperty
from compliance.graph import DeclaredResource
from compliance.names import Name, NamesTable, Shape, TypeNames
from compliance.plan.references import Dependencies, References
from compliance.plan.secrets import Scrubber
from compliance.results import UnknownValue
from engine import wire

__all__ = ["Block", "Values"]

_OMITTED = object()
_SDKS_OWN = frozenset({"__defaults", "__internal"})
"""Keys that Pulumi's SDKs add to inputs."""


@dataclass(frozen=True)
class Block:
    """What a plan says of one resource or of one block in it."""

    values: Mapping[str, Any]
    expressions: Mapping[str, Any]


@dataclass
class Values:
    """Converts the inputs of one resource. Attributes: unknown: what no check can judge, filled as it converts."""

    resource: DeclaredResource
    table: NamesTable
    dependencies: Dependencies
    scrubber: Scrubber
    unknown: list[UnknownValue] = field(default_factory=list[UnknownValue])
    _extra: Mapping[str, str] = field(default_factory=dict[str, str])

    def of_type(self, names: TypeNames) -> Block:
        """Raises: UnmappedProperty: an input that the table does not have."""
        inputs = self._with_provider_settings(names)
        values: dict[str, Any] = {}
        expressions: dict[str, Any] = {}
        for key, value in sorted(inputs.items()):
            urns = self.resource.registration.property_dependencies.get(key, ())
            self._extra = self.dependencies.unexplained(urns, value)
            self._add(names.names, key, value, key, values, expressions)
            self._add_leftover(names.names[key], expressions)
        return Block(values, expressions)

    def _with_provider_settings(self, names: TypeNames) -> Mapping[str, Any]:
        """The inputs, with the region and the default tags that the provider adds to them."""
        inputs = {key: it for key, it in self.resource.registration.inputs.items() if key not in _SDKS_OWN}
        config = self.resource.config
        if "region" in names.names:
            inputs.setdefault("region", config.region)
        tags = names.names.get("tags")
        own = inputs.get("tags", {})
        if tags and tags.shape is Shape.MAP and config.default_tags and _is_open(own):
            inputs["tags"] = {**config.default_tags, **own}
        return inputs

    def _add(
        self,
        names: Mapping[str, Name],
        key: str,
        value: Any,
        path: str,
        values: dict[str, Any],
        expressions: dict[str, Any],
    ) -> None:
        name = names.get(key)
        if name is None:
            raise UnmappedProperty(self.resource.urn, path)
        converted, expression = self._converted(name, value, path)
        if converted is not _OMITTED:
            values[name.terraform] = converted
        if expression:
            expressions[name.terraform] = expression

    def _add_leftover(self, name: Name, expressions: dict[str, Any]) -> None:
        """Dependencies that no leaf of a block explained are told at the property itself where it has none."""
        if self._extra and name.terraform not in expressions:
            expressions[name.terraform] = {"references": self.dependencies.of_outputs(self._extra)}

    def _converted(self, name: Name, value: Any, path: str) -> tuple[Any, Any]:
        """The value, `_OMITTED` where it is not known, and its expression, empty where nothing is to be told."""
        if value is None:
            return _OMITTED, None
        if wire.is_secret(value):
            return self._secret(name, value, path)
        if value == wire.UNKNOWN:
            return self._not_known(path)
        match name.shape, value:
            case Shape.DOCUMENT, dict() | list():
                return self._document(value, path)
            case Shape.MAP, dict():
                return self._map(value, path)
            case Shape.BLOCK, dict():
                return _listed([self._block(name, value, path)])
            case Shape.BLOCKS, list():
                return self._blocks(name, value, path)
            case Shape.BLOCK_MAP, dict():
                blocks = {key: self._block(name, it, f"{path}.{key}") for key, it in sorted(value.items())}
                return {key: it.values for key, it in blocks.items()}, None
            case Shape.SCALAR_IN_LIST, str() | int() | float():
                converted, expression = self._scalar(value, path)
                return (converted if converted is _OMITTED else [converted]), expression
            case ((Shape.PLAIN | Shape.DOCUMENT | Shape.SCALAR_IN_LIST), list()):
                return self._list(value, path)
            case ((Shape.PLAIN | Shape.DOCUMENT), dict()) if wire.SIGNATURE in value:
                return self._file_or_resource(value, path)
            case ((Shape.PLAIN | Shape.DOCUMENT), str() | int() | float()):
                return self._scalar(value, path)
            case _:
                raise UnmappedProperty(
                    self.resource.urn, path, f"whose value is no {name.shape} as Terraform has it"
                )

    def _scalar(self, value: Any, path: str) -> tuple[Any, Any]:
        if not isinstance(value, str):
            return value, None
        references = self._references(value)
        known = _OMITTED if self.dependencies.is_whole(value) else self.scrubber.clean(value)
        return known, _expression(references)

    def _references(self, text: str) -> References:
        """Those of the placeholders in the text, and of known values that are read from other resources."""
        read = {
            urn: output
            for urn, output in self._extra.items()
            if self.dependencies.known_text(urn, output) == text
        }
        self._extra = {urn: it for urn, it in self._extra.items() if urn not in read}
        return [*self.dependencies.of_text(text), *self.dependencies.of_outputs(read)]

    def _not_known(self, path: str) -> tuple[Any, Any]:
        self.unknown.append(UnknownValue(self.resource.urn, path))
        references = self.dependencies.of_outputs(self._extra)
        return _OMITTED, _expression(references)

    def _secret(self, name: Name, value: Any, path: str) -> tuple[Any, Any]:
        """The value with nothing readable in it. Only a reference, which gives nothing away, stays what it is."""
        inner = value.get("value")
        if isinstance(inner, str) and self.dependencies.is_whole(inner):
            return self._scalar(inner, path)
        if isinstance(inner, dict) and wire.SIGNATURE not in inner and name.shape is not Shape.DOCUMENT:
            return self._converted(name, {key: wire.secret(it) for key, it in inner.items()}, path)
        if isinstance(inner, list) and name.shape is not Shape.DOCUMENT:
            return self._converted(name, [wire.secret(it) for it in inner], path)
        if not isinstance(inner, str) or inner.lstrip()[:1] in ("{", "["):
            return self._not_known(path)
        references = self._references(inner)
        return wire.REDACTED, _expression(references)

    def _document(self, value: Any, path: str) -> tuple[Any, Any]:
        if wire.contains_secret(value) or wire.contains_unknown(value):
            return self._not_known(path)
        text = json.dumps(value, separators=(",", ":"))
        references = self._references(text)
        return self.scrubber.clean(text), _expression(references)

    def _file_or_resource(self, value: Mapping[str, Any], path: str) -> tuple[Any, Any]:
        """The path of a file or an archive, whose text is no attribute; the id of a resource."""
        if value[wire.SIGNATURE] in (wire.ASSET, wire.ARCHIVE):
            return value.get("path") or value.get("uri") or "archive", None
        return self._scalar(wire.plain(value), path)

    def _map(self, value: Mapping[str, Any], path: str) -> tuple[Any, Any]:
        """Placeholders stay in it, as do its keys: what is set is known, though not to what."""
        known: dict[str, Any] = {}
        references: list[str] = []
        for key, item in sorted(value.items()):
            converted, expression = self._scalar_or_list(item, f"{path}.{key}")
            references += (expression or {}).get("references", ())
            if converted is not _OMITTED:
                known[self.scrubber.clean(key)] = converted
            elif isinstance(item, str) and item != wire.UNKNOWN:
                known[self.scrubber.clean(key)] = item
        return known, _expression(references)

    def _list(self, value: Sequence[Any], path: str) -> tuple[Any, Any]:
        """A list with gaps where elements are not known; omitted where none is."""
        known: list[Any] = []
        references: list[str] = []
        for place, item in enumerate(value):
            converted, expression = self._scalar_or_list(item, f"{path}[{place}]")
            references += (expression or {}).get("references", ())
            known.append(None if converted is _OMITTED else converted)
        if value and all(it is None for it in known):
            return _OMITTED, _expression(references)
        return known, _expression(references)

    def _scalar_or_list(self, value: Any, path: str) -> tuple[Any, Any]:
        return self._converted(Name("", "", Shape.MAP if _is_open(value) else Shape.PLAIN), value, path)

    def _blocks(self, name: Name, value: Sequence[Any], path: str) -> tuple[Any, Any]:
        """Nothing where there are none: checks that look into the first block break on an empty list."""
        if not value:
            return _OMITTED, None
        blocks = [self._block(name, it, f"{path}[{place}]") for place, it in enumerate(value)]
        return _listed(blocks)

    def _block(self, name: Name, value: Any, path: str) -> Block:
        values: dict[str, Any] = {}
        expressions: dict[str, Any] = {}
        if wire.is_secret(value):
            value = {key: wire.secret(it) for key, it in value["value"].items()}
        if value == wire.UNKNOWN:
            self._not_known(path)
            return Block({}, {})
        names = self.table.of_struct(name.struct)
        for key, item in sorted(value.items()):
            if key not in _SDKS_OWN:
                self._add(names, key, item, f"{path}.{key}", values, expressions)
        return Block(values, expressions)


def _listed(blocks: Sequence[Block]) -> tuple[Any, Any]:
    """Values and expressions of blocks, which have the same places in both."""
    expressions = [it.expressions for it in blocks]
    return [it.values for it in blocks], expressions if any(expressions) else None


def _is_open(value: Any) -> bool:
    """A map whose keys are the program's, and neither a secret nor a file."""
    return isinstance(value, dict) and wire.SIGNATURE not in value


def _expression(references: Sequence[str]) -> Any:
    return {"references": list(dict.fromkeys(references))} if references else None

"""Writes the names table: every type and property of pulumi_aws with what Terraform calls it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from compliance.names.generator.join import attribute_names, join_types, prefixes
from compliance.names.generator.pulumi_types import Property, ResourceType
from compliance.names.generator.spelling import singular
from compliance.names.generator.terraform import Attribute, Module
from compliance.names.notation import Name, Shape, written
from compliance.names.notation import snake_case as snake

__all__ = ["Overrides", "table_lines"]


@dataclass(frozen=True)
class Overrides:
    """What was settled by hand. Attributes: types: by token; properties: (place, terraform, shape or '')."""

    types: Mapping[str, str]
    properties: tuple[tuple[str, str, str], ...]

    @classmethod
    def read(cls, document: Mapping[str, list[Mapping[str, str]]]) -> "Overrides":
        return cls(
            types={it["token"]: it["terraform"] for it in document["types"]},
            properties=tuple(
                (it["place"], it["terraform"], it.get("shape", "")) for it in document["properties"]
            ),
        )

    def of(self, place: str) -> tuple[str, str] | None:
        """Terraform's name and the shape ('' for the usual one) of a property, the most exact entry first."""
        fitting = [it for it in self.properties if fnmatchcase(place, it[0])]
        return max(fitting, key=lambda it: len(it[0]))[1:] if fitting else None


_Pair = tuple[str, str, int, str]
"""Pulumi's module and class, Terraform's module and structure: what is nested in the one, as in the other."""


@dataclass
class _Table:
    overrides: Overrides
    names_by_key: dict[str, str] = field(default_factory=dict[str, str])
    _key_by_names: dict[str, str] = field(default_factory=dict[str, str])
    _key_by_pair: dict[_Pair, str] = field(default_factory=dict["_Pair", str])
    _recursive: set[str] = field(default_factory=set[str])
    _seen: set[str] = field(default_factory=set[str])

    def names(
        self, place: str, properties: Mapping[str, Property], attributes: Mapping[str, Attribute] | None
    ) -> str:
        known = attribute_names(properties, attributes or {})
        return " ".join(
            written(self._name(f"{place}.{key}", each, known, attributes or {}))
            for key, each in sorted(properties.items())
        )

    def _name(
        self, place: str, given: Property, known: Mapping[str, str], attributes: Mapping[str, Attribute]
    ) -> Name:
        settled = self.overrides.of(place)
        terraform = settled[0] if settled else known.get(given.name)
        attribute = attributes.get(terraform) if terraform else None
        shape = Shape(settled[1]) if settled and settled[1] else _shape(given, attribute)
        has_struct = shape in (Shape.BLOCK, Shape.BLOCKS, Shape.BLOCK_MAP)
        return Name(
            pulumi=given.name,
            terraform=terraform or _by_rule(given),
            shape=shape,
            struct=self._struct(place, given, attribute) if has_struct else "",
            is_guessed=attribute is None and not settled,
        )

    def _struct(self, place: str, given: Property, attribute: Attribute | None) -> str:
        """The key under which the names of what is nested are kept: one for all that have the same names."""
        home = given.folder.path.name if given.folder else ""
        module = attribute.module if attribute else None
        pair = (home, given.struct, id(module), attribute.struct if attribute else "")
        if pair not in self._key_by_pair:
            self._key_by_pair[pair] = key = self._free(f"{home}/{given.struct}")
            names = self.names(place, given.properties, attribute.attributes if attribute else None)
            self._key_by_pair[pair] = self._kept(key, names)
        elif self._key_by_pair[pair] not in self.names_by_key:
            self._recursive.add(self._key_by_pair[pair])
        return self._key_by_pair[pair]

    def _kept(self, key: str, names: str) -> str:
        """The key, or that of another with the same names; one that is nested in itself keeps its own."""
        kept = key if key in self._recursive else self._key_by_names.setdefault(names, key)
        self.names_by_key[kept] = names
        return kept

    def _free(self, key: str) -> str:
        taken = {*self.names_by_key, *self._key_by_pair.values()} if key in self._seen else ()
        self._seen.add(key)
        numbered = (f"{key}~{number}" for number in range(2, 99))
        return key if key not in taken else next(it for it in numbered if it not in taken)


def _shape(given: Property, attribute: Attribute | None) -> Shape:
    if given.is_document:
        return Shape.DOCUMENT
    if given.struct:
        return Shape.BLOCK_MAP if given.is_map else Shape.BLOCKS if given.many else Shape.BLOCK
    if given.is_map:
        return Shape.MAP
    return Shape.SCALAR_IN_LIST if attribute and attribute.many and not given.many else Shape.PLAIN


def _by_rule(given: Property) -> str:
    """A list of blocks is singular in Terraform; all else is written in snake_case."""
    return singular(snake(given.name)) if given.struct and given.many else snake(given.name)


def table_lines(
    resources: Mapping[str, ResourceType], modules: Mapping[str, Module], overrides: Overrides
) -> Iterator[str]:
    """The table's lines: those of types, then those of what is nested in them."""
    joined = join_types(resources, modules, overrides.types)
    beginnings = prefixes(joined)
    table = _Table(overrides)
    for token, resource in sorted(resources.items()):
        type_ = joined.get(token)
        names = table.names(token, resource.properties, modules[type_].attributes_of("") if type_ else None)
        yield f"{token} {type_ or _type_by_rule(token, beginnings)} {names}".rstrip()
    for key, names in sorted(table.names_by_key.items()):
        yield f"{key} {names}".rstrip()


def _type_by_rule(token: str, beginnings: Mapping[str, str]) -> str:
    _, place, name = token.split(":")
    module = place.split("/")[0]
    return f"?{beginnings.get(module, f'aws_{module}')}_{snake(name)}"

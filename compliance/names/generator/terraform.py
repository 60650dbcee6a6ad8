"""What Terraform's AWS provider calls its resources and their attributes, read from HashiCorp's bindings for it.

The bindings' code says of every attribute how it is written out; nothing but names and shapes is taken from it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

__all__ = ["Attribute", "read_types"]

_TYPE = re.compile(r'^\w+\.tfResourceType = "(aws_\w+)";$', re.MULTILINE)
_ATTRIBUTES = re.compile(
    r"^(?:function (\w+)ToHclTerraform\(struct\)|    synthesizeHclAttributes\(\)) \{.*?const attrs = \{(.*?)^ +\};$",
    re.MULTILINE | re.DOTALL,
)
_ENTRY = re.compile(r'^ +(\w+): \{\n +value: (.*?),\n +isBlock: (\w+),\n +type: "(\w+)",', re.MULTILINE)
_STRUCT = re.compile(r"(?<!cdktf\.)\b(\w+)ToHclTerraform")


@dataclass(frozen=True)
class Attribute:
    """Attributes: many: a list or set; is_map: keys are the program's; is_block: written as a block, not as a value."""

    name: str
    many: bool
    is_map: bool
    is_block: bool
    struct: str = ""
    module: "Module | None" = field(default=None, repr=False, compare=False)

    @property
    def attributes(self) -> Mapping[str, "Attribute"]:
        return self.module.attributes_of(self.struct) if self.module and self.struct else {}


@dataclass(frozen=True)
class Module:
    """One resource's bindings. Attributes: text: of its JavaScript file."""

    text: str = field(repr=False)

    @cached_property
    def type(self) -> str:
        found = _TYPE.search(self.text)
        return found.group(1) if found else ""

    @cached_property
    def _bodies(self) -> Mapping[str, str]:
        return dict(_ATTRIBUTES.findall(self.text))

    def attributes_of(self, struct: str) -> Mapping[str, Attribute]:
        """By name; those of the resource itself for ''."""
        return {it.name: it for it in self._attributes(self._bodies.get(struct, ""))}

    def _attributes(self, body: str) -> Iterator[Attribute]:
        for name, value, is_block, kind in _ENTRY.findall(body):
            struct = _STRUCT.search(value)
            yield Attribute(
                name=name,
                many=value.startswith("cdktf.listMapperHcl") or (kind in ("list", "set") and not struct),
                is_map=kind == "map" and not value.startswith("cdktf.listMapperHcl"),
                is_block=is_block == "true",
                struct=struct.group(1) if struct else "",
                module=self,
            )


def _parts(file: Path) -> list[Path]:
    """The file, and those into which the structures of a large resource are divided."""
    return [file, *sorted(file.parent.glob("*-structs/*.js"))]


def read_types(library: Path) -> dict[str, Module]:
    """Modules by Terraform type. Args: library: folder of the unpacked bindings that has a folder for each type."""
    modules: dict[str, Module] = {}
    for file in sorted(library.glob("*/index.js")):
        if not file.parent.name.startswith("data-aws-"):
            module = Module("\n".join(it.read_text() for it in _parts(file)))
            if module.type:
                modules[module.type] = module
    return modules

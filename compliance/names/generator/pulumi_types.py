"""What Pulumi's AWS package calls its resources and their properties, read from its source without running it."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

__all__ = ["Property", "ResourceType", "read_resources"]

_TOKEN = re.compile(r"^            '(aws:[\w/-]+:\w+)',$", re.MULTILINE)
_STRUCT = re.compile(r"'(?:_(\w+)\.)?(\w+)Args'")


@dataclass(frozen=True)
class Property:
    """Attributes: name: on the wire, camelCase; many: a sequence; struct: the class of its nested properties."""

    name: str
    many: bool
    is_map: bool
    struct: str = ""
    folder: "Folder | None" = field(default=None, repr=False, compare=False)

    @property
    def is_document(self) -> bool:
        """A policy document, which the provider writes out as text."""
        return (
            self.struct.endswith("PolicyDocument")
            and bool(self.folder)
            and "PolicyStatementArgs" in self._text
        )

    @property
    def _text(self) -> str:
        return self.folder.inputs_text if self.folder else ""

    @property
    def properties(self) -> Mapping[str, "Property"]:
        return self.folder.properties_of(self.struct) if self.folder and self.struct else {}


@dataclass(frozen=True)
class ResourceType:
    token: str
    properties: Mapping[str, Property]


@dataclass(frozen=True)
class Folder:
    """A module of the package: its resources' files, and the one that holds their nested inputs."""

    path: Path

    @cached_property
    def inputs_text(self) -> str:
        file = self.path / "_inputs.py"
        return file.read_text() if file.exists() else ""

    @cached_property
    def _structs(self) -> Mapping[str, ast.ClassDef]:
        return dict(_classes(self.inputs_text))

    def properties_of(self, struct: str) -> Mapping[str, Property]:
        definition = self._structs.get(f"{struct}Args")
        return {it.name: it for it in _properties(definition, self)} if definition else {}

    def resources(self) -> Iterator[ResourceType]:
        for file in sorted(self.path.glob("*.py")):
            text = file.read_text()
            token = _TOKEN.search(text)
            if token and not file.name.startswith("_"):
                name = token.group(1).rsplit(":", 1)[1]
                classes = dict(_classes(text))
                definition = classes.get(f"{name}InitArgs") or classes.get(f"{name}Args")
                properties = _properties(definition, self) if definition else ()
                yield ResourceType(token.group(1), {it.name: it for it in properties})


def _classes(text: str) -> Iterator[tuple[str, ast.ClassDef]]:
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and node.name.endswith("Args"):
            yield node.name, node


def _properties(definition: ast.ClassDef, folder: Folder) -> Iterator[Property]:
    for node in definition.body:
        if isinstance(node, ast.FunctionDef) and (name := _wire_name(node)):
            annotation = ast.unparse(node.returns) if node.returns else ""
            yield _property(name, annotation, folder)


def _wire_name(node: ast.FunctionDef) -> str:
    """The name on the wire of the property that the function gets; '' for setters and others."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pulumi.getter":
            return ast.literal_eval(decorator.keywords[0].value)
    is_property = any(ast.unparse(it).endswith("property") for it in node.decorator_list)
    return node.name if is_property else ""


def _property(name: str, annotation: str, folder: Folder) -> Property:
    struct = _STRUCT.search(annotation)
    before = annotation[: struct.start()] if struct else annotation
    home = Folder(folder.path.parent / struct.group(1)) if struct and struct.group(1) else folder
    return Property(
        name=name,
        many="Sequence[" in before,
        is_map="Mapping[" in before and "Sequence[" not in before,
        struct=struct.group(2) if struct else "",
        folder=home,
    )


def read_resources(package: Path) -> dict[str, ResourceType]:
    """By token. Args: package: the folder of pulumi_aws."""
    folders = [package, *sorted(it.parent for it in package.glob("*/__init__.py"))]
    resources = (each for folder in folders for each in Folder(folder).resources())
    return {it.token: it for it in sorted(resources, key=lambda it: it.token)}

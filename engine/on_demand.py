"""Lets a program import of pulumi_aws what it uses, and not every resource of each service that it touches.

A package such as ``pulumi_aws.ec2`` imports all of its modules, 182 here, and the types of all of their arguments: a
third of what it takes to evaluate a small program. With the finder of this module such a package looks a name up when
it is first asked for, and imports the one module that has it. What a program sees is the same.
"""

import importlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["import_named", "install"]

_SDK = "pulumi_aws"
_HEAD_CHARACTERS = 4096

_GENERATED = re.compile(
    r"(#.*|import [\w ]+|from \.\. import _utilities|from \.(?P<star>\w+) import \*|from \. import (?P<whole>outputs))?"
)
"""Any line of a package that does nothing but gather its modules. Source: pulumi/pulumi, pkg/codegen/python/gen.go."""
_USE = re.compile(r"\b([a-z]\w*)\.(?=([A-Za-z]\w*))")
_EXPORTS = re.compile(r"^__all__ = \[(.*?)\]", re.MULTILINE | re.DOTALL)


def install() -> None:
    """It is so for all of pulumi_aws that this process has not imported yet."""
    if not any(isinstance(it, _Finder) for it in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def import_named(folders: Iterable[Path]) -> None:
    """What the Python files below seem to use of pulumi_aws is imported, once for all that is forked from here.

    A guess by names, such as ``ec2.Vpc``: what it misses is imported when it is used, what it takes too much is unused.
    """
    uses = {match for folder in folders for text in _sources(folder) for match in _USE.findall(text)}
    if not uses:
        return
    sdk = importlib.import_module(_SDK)
    packages = {it.name for it in Path(str(sdk.__file__)).parent.iterdir() if it.is_dir()}
    named = {it for it in uses if it[0] in packages}
    for package, name in sorted(named):
        with suppress(AttributeError):
            getattr(getattr(sdk, package), name)


def _sources(folder: Path) -> Iterator[str]:
    """The Python files below that can be read, none of an installed environment, which may have tens of thousands."""
    for path, folders, files in os.walk(folder):
        folders[:] = [
            it for it in folders if not it.startswith((".", "__")) and not _is_environment(Path(path, it))
        ]
        for name in files:
            if name.endswith(".py"):
                with suppress(OSError):
                    yield Path(path, name).read_text(errors="replace")


def _is_environment(folder: Path) -> bool:
    return Path(folder, "pyvenv.cfg").exists()


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Of a package that only gathers its modules; whatever else it is, the usual finders look for."""
        if fullname.rpartition(".")[0] != _SDK:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None or spec.submodule_search_locations is None:
            return None
        lines = [_GENERATED.fullmatch(it) for it in Path(spec.origin).read_text().splitlines()]
        starred, whole = ([it[how] for it in lines if it and it[how]] for how in ("star", "whole"))
        if None in lines or not starred:
            return None
        spec.loader = _Loader(fullname, Path(spec.origin).parent, starred, whole)
        return spec


class _Loader(Loader):
    """Args: starred: modules whose names the package has, later ones over earlier ones; whole: those it just has."""

    def __init__(self, package: str, folder: Path, starred: Sequence[str], whole: Sequence[str]) -> None:
        self._package, self._folder, self._starred = package, folder, starred
        self._modules = (*starred, *whole)

    def exec_module(self, module: ModuleType) -> None:
        def found(name: str) -> Any:
            if name == "__all__":
                return [*self._home]
            if home := self._home.get(name):
                self._gather(module, home)
                return vars(module)[name]
            if name in self._modules:
                return importlib.import_module(f"{self._package}.{name}")
            raise AttributeError(f"module {self._package!r} has no attribute {name!r}")

        vars(module).update(__getattr__=found, __dir__=lambda: [*self._home, *self._modules])

    def _gather(self, module: ModuleType, home: str) -> None:
        """All names of one module at once: one may be its own, which importing it has put into the package."""
        imported = importlib.import_module(f"{self._package}.{home}")
        for name, at in self._home.items():
            if at == home:
                setattr(module, name, getattr(imported, name))

    @cached_property
    def _home(self) -> dict[str, str]:
        """The module of each name."""
        return {name: module for module in self._starred for name in _exports(self._folder / f"{module}.py")}


def _exports(file: Path) -> list[str]:
    """The names in a module's `__all__`, without importing it."""
    with file.open(encoding="utf-8") as opened:
        head = ""
        while not (found := _EXPORTS.search(head)):
            more = opened.read(_HEAD_CHARACTERS)
            if not more:
                return []
            head += more
    return re.findall(r"'(\w+)'", found[1])

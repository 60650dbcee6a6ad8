"""Reads the crosswalk's files, and refuses them with every mistake named."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from compliance.controls.crosswalk import OWN, Basis, Crosswalk, Framework, Source
from compliance.controls.exceptions import CrosswalkInvalid
from compliance.results import ControlRef, Severity

__all__ = ["HERE", "load"]

HERE = Path(__file__).parent
_Bases = Mapping[str, Mapping[str, Sequence[str]]]
"""By framework and source, the controls."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Topic(_Entry):
    title: str
    same_as: Mapping[str, Sequence[str]] = {}
    controls: _Bases


class _Check(_Entry):
    topics: Sequence[str]
    same_as: Mapping[str, Sequence[str]] = {}
    controls: _Bases = {}


class _Checks(_Entry):
    checks: Mapping[str, _Check]
    says_nothing: Mapping[str, str] = {}


def load(folder: Path = HERE) -> Crosswalk:
    """The crosswalk, complete and without contradiction.

    Raises: CrosswalkInvalid: with every mistake of its files.
    """
    try:
        return _Files(folder).crosswalk()
    except ValidationError as error:
        raise CrosswalkInvalid(folder, [_mistake(it) for it in error.errors()]) from None
    except (OSError, yaml.YAMLError) as error:
        raise CrosswalkInvalid(folder, [" ".join(str(error).split())]) from None


def _mistake(error: Any) -> str:
    return f"{' > '.join(str(it) for it in error['loc'])}: {error['msg']} (given: {error['input']!r})"


class _Files:
    """The files, read and not yet compared with each other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        frameworks = [
            self._read(str(it.relative_to(folder)), Framework)
            for it in sorted(folder.glob("frameworks/*.yaml"))
        ]
        self.frameworks = {it.id: it for it in frameworks}
        self.sources = self._read("sources.yaml", Mapping[str, Source])
        self.topics = self._read("topics.yaml", Mapping[str, _Topic])
        self.checks = self._read("checks.yaml", _Checks)
        self.severities = self._read("severity.yaml", Mapping[Severity, Sequence[str]])

    def crosswalk(self) -> Crosswalk:
        if mistakes := list(self._mistakes()):
            raise CrosswalkInvalid(self.folder, mistakes)
        checks = self.checks.checks
        return Crosswalk(
            frameworks=self.frameworks,
            sources=self.sources,
            topics={name: it.title for name, it in self.topics.items()},
            topics_by_check={name: it.topics for name, it in checks.items()},
            basis_by_check={name: self._basis(it) for name, it in checks.items()},
            severity_by_check={check: it for it, listed in self.severities.items() for check in listed},
            says_nothing=self.checks.says_nothing,
        )

    def _read(self, name: str, form: Any) -> Any:
        document = yaml.load((self.folder / name).read_text(), Loader=_Loader)  # noqa: S506 - it is a safe loader
        return TypeAdapter(form).validate_python(document)

    def _basis(self, check: _Check) -> Sequence[Basis]:
        """In the order of the frameworks and of their controls."""
        found = [*_bases("", check)]
        for topic in check.topics:
            found += _bases(topic, self.topics[topic])
        order = {
            ControlRef(it.id, control): (number, place)
            for number, it in enumerate(self.frameworks.values())
            for place, control in enumerate(it.controls)
        }
        return sorted(found, key=lambda it: order[it.control])

    def _mistakes(self) -> Iterator[str]:
        for name, topic in self.topics.items():
            yield from self._wrong(f"topic {name}", topic)
        for name, check in self.checks.checks.items():
            yield from self._wrong(f"check {name}", check)
            for topic in check.topics:
                if topic not in self.topics:
                    yield f"check {name} names the topic {topic!r}, which topics.yaml does not have"
        for name in sorted(set(self.checks.checks) & set(self.checks.says_nothing)):
            yield f"check {name} is mapped and said to say nothing: it can be only one"
        listed = [it for checks in self.severities.values() for it in checks]
        for name in sorted({it for it in listed if listed.count(it) > 1}):
            yield f"check {name} has two severities"

    def _wrong(self, where: str, entry: _Topic | _Check) -> Iterator[str]:
        for framework, by_source in entry.controls.items():
            known = self.frameworks.get(framework)
            if known is None:
                yield f"{where} names the framework {framework!r}; there are {', '.join(self.frameworks)}"
                continue
            for source, controls in by_source.items():
                if source != OWN and not entry.same_as.get(source):
                    yield f"{where} cites {source!r} for {framework}, and names no rule of it under same_as"
                for control in controls:
                    if control not in known.controls:
                        yield f"{where} names {control!r}, which {framework} does not have here"


def _bases(topic: str, entry: _Topic | _Check) -> Iterator[Basis]:
    for framework, by_source in entry.controls.items():
        for source, controls in by_source.items():
            for control in controls:
                yield Basis(
                    ControlRef(framework, control), topic, source, tuple(entry.same_as.get(source, ()))
                )


class _Loader(yaml.CSafeLoader):
    """Refuses a key that is given twice, which YAML would let the later one win."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [it.value for it, _ in node.value]
    if double := sorted({it for it in keys if keys.count(it) > 1}):
        raise yaml.constructor.ConstructorError(
            None, None, f"{', '.join(double)} is given twice", node.start_mark
        )
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)

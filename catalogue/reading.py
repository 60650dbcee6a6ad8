"""Reads a catalogue's folder into a draft: valid entries, and everything that is wrong with the others."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from catalogue.benefit import Benefit
from catalogue.cell import Cell, OwnCell
from catalogue.data_class import DataClass
from catalogue.document import Document, read_document
from catalogue.entries import Draft, Sources
from catalogue.entry import Entry
from catalogue.exceptions import MISSING, CatalogueUnreadable, Problem
from catalogue.partner import PartnerKind
from catalogue.section import SECTIONS, SINGLES, Section
from catalogue.store import Database
from catalogue.wording import choice, entry_problems, unknown_key

__all__ = ["OWN", "read_draft"]

OWN = "own"
"""What a benefit writes as its cell to have one of its own."""
FILES = tuple(dict.fromkeys(section.file for section in SECTIONS))
Model = TypeVar("Model", bound=Entry)
_UNUSABLE = object()
"""Stands for an entry that has been reported already."""


def read_draft(directory: Path) -> tuple[Draft, list[Problem]]:
    """The draft of the catalogue in `directory`, and the problems of its files and entries.

    Raises: CatalogueUnreadable with every file that is not there.
    """
    reader = _Reader(_documents(directory))
    return reader.draft(), reader.problems


def _documents(directory: Path) -> dict[str, Document]:
    documents: dict[str, Document] = {}
    missing: list[Problem] = []
    for file in FILES:
        try:
            documents[file] = read_document(directory / file)
        except CatalogueUnreadable as error:
            missing.extend(error.problems)
    if missing:
        raise CatalogueUnreadable(missing)
    return documents


class _Reader:
    """Validates one section after another and collects what is wrong."""

    def __init__(self, documents: dict[str, Document]) -> None:
        self.documents = documents
        self.sources = Sources(documents, _own_cell_names(documents["benefits.yaml"]))
        self.problems = [problem for document in documents.values() for problem in document.problems]

    def draft(self) -> Draft:
        self._check_top_keys()
        sections: dict[str, dict[str, Any]] = {section.name: {} for section in SECTIONS}
        for section in SECTIONS:
            sections[section.name] = self._section(section, sections["partner_kinds"])
        singles = {key: self._single(key, file, model) for key, (file, model) in SINGLES.items()}
        self._give_own_cells(sections, singles["own_cell"])
        whole = {name: MappingProxyType(entries) for name, entries in sections.items()}
        return Draft(**whole, **singles, sources=self.sources)  # pyright: ignore[reportArgumentType] one name a section

    def _check_top_keys(self) -> None:
        for file, document in self.documents.items():
            keys = {section.key for section in SECTIONS if section.file == file and section.key is not None}
            known = keys | {key for key, (home, _) in SINGLES.items() if home == file}
            for key in document.content if known else ():
                if key not in known:
                    self.problems.append(unknown_key(document, (key,), known))
            self._check_sections_are_there(document, known)

    def _check_sections_are_there(self, document: Document, known: set[str]) -> None:
        if document.problems:
            return
        for key in sorted(known):
            if not isinstance(document.content.get(key), dict):
                rule, advice = "A section must be there and be a mapping", "Write its entries below its key."
                given, line = document.content.get(key, MISSING), document.line((key,))
                self.problems.append(Problem(document.file, line, key, "", given, rule, advice))

    def _section(self, section: Section, kinds: Mapping[str, PartnerKind]) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        for key, raw in self.sources.raw(section).items():
            if section.name == "partners" and isinstance(raw, dict):
                raw = self._with_kind(key, raw, kinds)
            entry = None if raw is _UNUSABLE else self._entry(section, key, raw)
            if entry is not None:
                entries[key] = entry
        return entries

    def _with_kind(self, key: str, raw: dict[str, Any], kinds: Mapping[str, PartnerKind]) -> object:
        """The partner, with what its kind says wherever it says nothing itself."""
        kind = raw.get("kind", MISSING)
        if isinstance(kind, str) and kind in kinds:
            return {**kinds[kind].model_dump(exclude={"name"}), **raw}
        declared = self.sources.declared("partner_kinds")
        if not isinstance(kind, str) or kind not in declared:
            rule = "The name must be one of the partner kinds"
            allowed = choice(kind, declared)
            self.problems.append(self.sources.problem("partners", key, "kind", kind, rule, allowed))
        return _UNUSABLE

    def _entry(self, section: Section, key: str, raw: object) -> Entry | None:
        document, path = self.documents[section.file], section.path(key)
        if isinstance(raw, dict):
            known = [name for name in section.model.model_fields if name not in section.made_fields]
            made = [name for name in section.made_fields if name in raw]
            self.problems.extend(unknown_key(document, (*path, name), known) for name in made)
            raw = {**raw, section.made_fields[0]: key}
        return self._valid(document, path, section.model, raw, section.made_fields)

    def _single(self, key: str, file: str, model: type[Entry]) -> Entry | None:
        document = self.documents[file]
        if not isinstance(document.content.get(key), dict):
            return None
        return self._valid(document, (key,), model, document.content[key])

    def _valid(
        self,
        document: Document,
        path: tuple[str, ...],
        model: type[Model],
        raw: object,
        made_fields: tuple[str, ...] = (),
    ) -> Model | None:
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            self.problems.extend(entry_problems(document, path, model, error, made_fields))
            return None

    def _give_own_cells(self, sections: dict[str, dict[str, Any]], own_cell: Entry | None) -> None:
        benefits: dict[str, Benefit] = sections["benefits"]
        for slug, benefit in benefits.items():
            if benefit.cell == OWN:
                benefits[slug] = benefit.model_copy(update={"cell": slug})
                if isinstance(own_cell, OwnCell):
                    self._give_own_cell(sections, benefit, own_cell)

    def _give_own_cell(
        self, sections: dict[str, dict[str, Any]], benefit: Benefit, own_cell: OwnCell
    ) -> None:
        data_class = sections["data_classes"].get(benefit.data_class)
        if data_class is None:
            return  # reported where the reference, or the data class, is
        database = _least_sensitive(sections["databases"], sections["data_classes"], data_class)
        if database is not None:
            sections["cells"].setdefault(benefit.slug, _own_cell(benefit, own_cell, database))
            return
        rule = f"A cell of its own must have a database that may hold {benefit.data_class} data"
        advice = choice(OWN, self.sources.declared("cells") - set(self.sources.own_cells))
        self.problems.append(self.sources.problem("benefits", benefit.slug, "cell", OWN, rule, advice))


def _own_cell_names(document: Document) -> dict[str, str]:
    entries = document.content.items()
    return {slug: slug for slug, raw in entries if isinstance(raw, dict) and raw.get("cell") == OWN}


def _least_sensitive(
    databases: Mapping[str, Database], data_classes: Mapping[str, DataClass], least: DataClass
) -> Database | None:
    """The least sensitive database that may hold data of class `least`."""
    candidates = [
        (data_classes[database.data_class].sensitivity, name)
        for name, database in databases.items()
        if database.data_class in data_classes
        and data_classes[database.data_class].sensitivity >= least.sensitivity
    ]
    return databases[min(candidates)[1]] if candidates else None


def _own_cell(benefit: Benefit, resources: OwnCell, database: Database) -> Cell:
    """Validated by its parts, so made without validating them again."""
    return Cell.model_construct(
        **{name: getattr(resources, name) for name in OwnCell.model_fields},
        name=benefit.slug,
        description=f"{benefit.name}, in a cell of its own.",
        tier=benefit.tier,
        data_class=benefit.data_class,
        owner=benefit.owner,
        database=database.name,
        own=True,
    )

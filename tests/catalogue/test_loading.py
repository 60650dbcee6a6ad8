"""Where the catalogue comes from, and what is said where there is none."""

from pathlib import Path

import pytest

from catalogue import (
    CATALOGUE_VARIABLE,
    Catalogue,
    CatalogueInvalid,
    CatalogueUnreadable,
    UnknownEnvironment,
    load_catalogue,
)
from tests.catalogue.conftest import CatalogueCopy

TEN_MISTAKES = [
    ("benefits.yaml", "cell: families", "cell: famlies"),
    ("benefits.yaml", "listener_priority: 110", "listener_priority: 120"),
    ("cells.yaml", "database: sensitive", "database: core"),
    ("data_classes.yaml", "log_retention_days: 90", "log_retention_days: 100"),
    ("environments.yaml", "10.31.0.0/16", "10.40.0.0/16"),
    ("owners.yaml", "  title: Portal platform\n", ""),
    ("partners.yaml", "kind: third-sector}", "kind: third-sectors}"),
    ("services.yaml", "{cpu: 512, memory_mib: 1024}", "{cpu: 512, memory_mib: 512}"),
    ("services.yaml", "    decision: Keeps cases open", "    # decision: Keeps cases open"),
    ("stores.yaml", "retention_hours: 168", "retention_hours: 12"),
]
PLACES = [
    ("benefits.yaml", "best-start-grant-pregnancy-and-baby", "cell"),
    ("benefits.yaml", "best-start-grant-school-age", "listener_priority"),
    ("cells.yaml", "cells.disability", "database"),
    ("data_classes.yaml", "public", "log_retention_days"),
    ("environments.yaml", "prod", "primary.cidr"),
    ("owners.yaml", "portal-platform", "title"),
    ("partners.yaml", "partners.third-sector", "kind"),
    ("services.yaml", "portal", "size.memory_mib"),
    ("services.yaml", "case", "degradation.decision"),
    ("stores.yaml", "streams.events", "retention_hours"),
]


def test_ten_different_mistakes_are_all_reported_at_once(copy: CatalogueCopy) -> None:
    for mistake in TEN_MISTAKES:
        copy.change(*mistake)

    with pytest.raises(CatalogueInvalid) as caught:
        copy.load()
    problems = caught.value.problems
    assert [(problem.file, problem.entry, problem.field) for problem in problems] == PLACES
    assert str(caught.value).splitlines() == [str(problem) for problem in problems]


def test_a_problem_names_the_line_it_is_on(copy: CatalogueCopy) -> None:
    copy.change("stores.yaml", "retention_hours: 168", "retention_hours: 12")

    with pytest.raises(CatalogueInvalid) as caught:
        copy.load()
    (problem,) = caught.value.problems
    lines = (copy.directory / "stores.yaml").read_text().splitlines()
    assert problem.line is not None
    assert lines[problem.line - 1] == "    retention_hours: 12"
    assert (problem.value, problem.rule) == (12, "The number must be at least 24")


def test_loading_twice_gives_the_same(real: Catalogue, copy: CatalogueCopy) -> None:
    assert copy.load() == real
    assert repr(copy.load()) == repr(real)


def test_the_variable_points_at_another_catalogue(
    copy: CatalogueCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.change("benefits.yaml", "name: Job Start Payment", "name: Job Start Payment for the Young")
    monkeypatch.setenv(CATALOGUE_VARIABLE, str(copy.directory))

    assert load_catalogue().benefits["job-start-payment"].name == "Job Start Payment for the Young"


def test_the_packages_own_catalogue_is_the_default(real: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CATALOGUE_VARIABLE, raising=False)

    assert load_catalogue() == real


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueUnreadable) as caught:
        load_catalogue(tmp_path / "nowhere")

    assert str(caught.value) == (
        f"nowhere: The catalogue must be a folder, got {str(tmp_path / 'nowhere')!r}. "
        "Mend or unset ESTATE_CATALOGUE, or restore the folder."
    )


def test_every_file_that_is_not_there_is_named(copy: CatalogueCopy) -> None:
    for file in ("tiers.yaml", "owners.yaml"):
        (copy.directory / file).unlink()

    with pytest.raises(CatalogueUnreadable) as caught:
        copy.load()
    assert [(problem.file, problem.value) for problem in caught.value.problems] == [
        ("owners.yaml", "No such file or directory"),
        ("tiers.yaml", "No such file or directory"),
    ]


def test_an_unknown_environment_is_answered_with_the_known_ones(real: Catalogue) -> None:
    with pytest.raises(UnknownEnvironment) as caught:
        real.estate("prd")

    assert str(caught.value) == (
        "environments.yaml: The environment must be one that is known, got 'prd'. "
        "Did you mean 'prod'? Choose one of dev, local, prod, slice, staging."
    )


def test_entries_cannot_be_changed(real: Catalogue) -> None:
    with pytest.raises(ValueError, match="frozen"):
        real.benefits["job-start-payment"].cell = "families"  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(TypeError):
        real.benefits["another"] = real.benefits["job-start-payment"]  # pyright: ignore[reportIndexIssue]

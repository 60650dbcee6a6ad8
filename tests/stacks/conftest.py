"""Each environment is evaluated once in a run of the tests, whichever worker asks first.

An evaluation takes as long as the machine lets it, so the tests here have no time limit of their own: what counts is
what they find.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import catalogue
from catalogue import Catalogue, load_catalogue
from tests.stacks.graph import Graph

CATALOGUE = Path(catalogue.__file__).parent
HERE = Path(__file__).parent
SEED = "1"
"""Of Python's hashes in every evaluation here but the one that is compared with it."""

Evaluated = Callable[..., str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(0))


def evaluate(*arguments: str, hash_seed: str = SEED, **variables: str) -> str:
    """What an evaluation in a process of its own prints."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, **variables}
    command = [sys.executable, "-m", "tests.stacks.evaluate", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=HERE.parent.parent)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Evaluated:
    """What the evaluation of an environment prints; all workers share one run of it."""
    own = tmp_path_factory.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def text(environment: str) -> str:
        file = folder / f"{environment}.json"
        with open(folder / f"{environment}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not file.exists():
                file.write_text(evaluate(environment))
        return file.read_text()

    return text


@pytest.fixture(scope="session")
def graph_of(evaluated: Evaluated) -> Callable[[str], Graph]:
    graphs: dict[str, Graph] = {}

    def graph(environment: str) -> Graph:
        if environment not in graphs:
            graphs[environment] = Graph.read(evaluated(environment))
        return graphs[environment]

    return graph


@pytest.fixture(params=["slice", "local", pytest.param("prod", marks=pytest.mark.full)])
def environment(request: pytest.FixtureRequest) -> str:
    """Every environment whose graph is looked at."""
    return request.param


@pytest.fixture
def graph(environment: str, graph_of: Callable[[str], Graph]) -> Graph:
    return graph_of(environment)


@pytest.fixture(scope="session")
def slice_graph(graph_of: Callable[[str], Graph]) -> Graph:
    return graph_of("slice")


@pytest.fixture(scope="session")
def local_graph(graph_of: Callable[[str], Graph]) -> Graph:
    return graph_of("local")


@pytest.fixture(scope="session")
def real() -> Catalogue:
    """The catalogue as it is."""
    return load_catalogue(CATALOGUE)


@pytest.fixture(scope="session")
def data_classes(real: Catalogue) -> Mapping[str, frozenset[str]]:
    """The data classes, by residency."""
    classes = real.data_classes.values()
    return {
        residency: frozenset(it.name for it in classes if it.residency == residency)
        for residency in ("uk", "uk-eea")
    }


@pytest.fixture
def catalogue_copy(tmp_path: Path) -> Path:
    """A folder with the catalogue's files, to be changed."""
    for file in CATALOGUE.glob("*.yaml"):
        shutil.copy(file, tmp_path)
    return tmp_path

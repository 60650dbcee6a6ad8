"""The control of every experiment file: what begins before its first probe, and what is judged after its last.

Chaos Toolkit goes on when a control fails, unless it interrupts. So whatever is wrong interrupts, and actions do
nothing without the session that is begun here.
"""

import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from chaoslib.exceptions import InterruptExecution

from catalogue import CatalogueError, load_catalogue
from chaos.conclusion import conclude
from chaos.exceptions import TargetMissing
from chaos.experiment import Experiment
from chaos.place import Place
from chaos.rounds import repeated
from chaos.session import Session, current, put
from chaos.settings import RunSettings
from evidence import EvidenceError

__all__ = ["after_experiment_control", "before_experiment_control"]


def before_experiment_control(
    context: dict[str, Any], configuration: Mapping[str, Any] | None = None
) -> None:
    """Everything that was asked for is possible, and watched over; in the control case the protection is gone.

    Raises: InterruptExecution: it is not, and nothing was changed.
    """
    put(None)
    with _said():
        settings = RunSettings.of(configuration or {})
        experiment = Experiment(context, f"{_name(context)}.json")
        catalogue = load_catalogue()
        place = Place.of(catalogue, os.environ)
        _check_needs(experiment, place)
        place.check_up()
        if context.get("dry"):
            return
        session = Session.begin(experiment, settings, catalogue, place)
        put(session)
        context["method"] = repeated(context["method"], settings.faults)
        if settings.is_control_case:
            session.remove_protection()


def after_experiment_control(context: dict[str, Any], state: dict[str, Any] | None = None) -> None:
    """Nothing is left of the run but its evidence."""
    try:
        session = current()
    except EvidenceError:
        return
    try:
        result = conclude(session, {} if state is None else state)
    except (
        Exception
    ) as error:  # Chaos Toolkit would pass over it in silence, and the run would seem to be well.
        result = {
            "refused": f"The run could not be concluded, and proves nothing: {type(error).__name__}: {error}"
        }
        session.run.void(result["refused"])
        session.run.finish()
        logging.getLogger("chaostoolkit").exception(result["refused"])
    try:
        if session.settings.result:
            session.settings.result.write_text(json.dumps(result), encoding="utf-8")
    finally:
        session.hands.journal.close()
        put(None)


def _name(context: Mapping[str, Any]) -> str:
    """Of the file, which says it as its first tag: Chaos Toolkit does not say which file it read."""
    return str((context.get("tags") or ["experiment"])[0])


def _check_needs(experiment: Experiment, place: Place) -> None:
    missing = [it for it in experiment.about.needs if it not in place.estate.services]
    if missing:
        raise TargetMissing(
            f"{experiment.name!r} needs {', '.join(missing)}, and {place.estate.environment.name!r} does not have "
            f"{'it' if len(missing) == 1 else 'them'}, so it would show nothing. Choose another environment."
        )


@contextmanager
def _said() -> Iterator[None]:
    """Whatever goes wrong ends the run, and is in its result and its record: Chaos Toolkit would pass over it."""
    try:
        yield
    except Exception as error:
        why = _words(error)
        _leave(why)
        with suppress(EvidenceError):
            current().run.void(f"It was refused before anything was broken: {why}")
        raise InterruptExecution(why) from error


def _words(error: Exception) -> str:
    """What was not written for a person needs the name of its sort."""
    is_said = isinstance(error, EvidenceError | CatalogueError | RuntimeError)
    return str(error) if is_said else f"{type(error).__name__}: {error}"


def _leave(why: str) -> None:
    """A result says why nothing was done, for whoever started the run."""
    if path := os.environ.get("ESTATE_CHAOS_RESULT"):
        Path(path).write_text(json.dumps({"refused": why}), encoding="utf-8")

"""FIS: experiments are carried out by the data plane, and shown as it reports them."""

from twin.aws.emulator.asked import AS_OF, ask, shown
from twin.aws.emulator.call import Document
from twin.aws.emulator.extension import Context, Extension

__all__ = ["EXPERIMENT", "EXTENSIONS"]

_API = "https://docs.aws.amazon.com/fis/latest/APIReference/"

EXPERIMENT = "experiment"
"""Kind of the reported documents; their keys are the ids."""

_ENDED = {"completed", "stopped", "failed", "cancelled"}
"""Source: FIS API reference, `ExperimentState`."""

_INITIATING = {"status": "initiating", "reason": "Experiment is initiating."}
_STOPPING = {"status": "stopping", "reason": "Experiment is stopping."}
_PENDING = {"status": "pending", "reason": "Action is pending."}


def _start(context: Context) -> Document:
    """The experiment is initiating, and goes on as the data plane reports; without one, as moto makes up."""
    document = context.document()
    name = document["experiment"]["id"]
    # The same client token again names the experiment that there is.
    if context.exchange.attached and not shown(context, EXPERIMENT, name):
        ask(context, EXPERIMENT, name, {"state": _INITIATING}, answer={"id": name})
    return document


def _stop(context: Context) -> Document:
    """The experiment is stopping, unless it has ended: that is left as it is."""
    document = context.document()
    name = document["experiment"]["id"]
    known = shown(context, EXPERIMENT, name)
    if known and known.get("state", {}).get("status") not in _ENDED:
        ask(context, EXPERIMENT, name, {"state": _STOPPING})
    return document


def _show(context: Context, document: Document) -> None:
    items = [document["experiment"]] if "experiment" in document else document.get("experiments", [])
    for item in items:
        known = shown(context, EXPERIMENT, item["id"])
        if known:
            _show_reported(item, known)


def _show_reported(item: Document, known: Document) -> None:
    """moto's own course of the experiment and its actions counts for nothing."""
    item.pop("endTime", None)
    item.update({name: it for name, it in known.items() if name not in (AS_OF, "actions")})
    for name, action in item.get("actions", {}).items():
        for time in ("startTime", "endTime"):
            action.pop(time, None)
        action.update({"state": _PENDING, **known.get("actions", {}).get(name, {})})


EXTENSIONS = (
    Extension(
        service="fis",
        topic="experiments",
        stock="lets an experiment and its actions go from state to state whenever they are looked at",
        aws="carries out the template's actions, and shows how far they are",
        change="asks the data plane to start and stop an experiment, and shows what it reports of it; without one, "
        "as moto does",
        source=_API + "API_StartExperiment.html",
        operations={"StartExperiment": _start, "StopExperiment": _stop},
        shows=dict.fromkeys(("StartExperiment", "StopExperiment", "GetExperiment", "ListExperiments"), _show),
    ),
)

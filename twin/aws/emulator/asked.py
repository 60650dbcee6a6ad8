"""What is shown of a thing between asking the data plane for something and its report that says what came of it.

A reported document may say up to which request it has heard, ``AsOfRequest``: until that reaches the request, the
document is older than the request, and what was asked for is shown instead.
"""

from collections.abc import Mapping
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.extension import Context
from twin.aws.emulator.memory import Collection

__all__ = ["AS_OF", "ask", "shown"]

AS_OF = "AsOfRequest"
_KIND = "asked for"


def ask(
    context: Context,
    kind: str,
    key: str,
    members: Document,
    answer: Mapping[str, Any] | None = None,
    region: str | None = None,
) -> None:
    """The data plane is asked to do what the call asks for, and the thing shows these members until it reports.

    Args:
        kind, key: of the reported documents of this thing.
        answer: what the data plane has to know beside the parameters.
        region: of the reported documents, where it is not the call's.
    """
    seen = _reported(context, kind, key, region)
    request = context.exchange.ask(context.call, answer)
    asked = {"request": request, "seen": seen, "members": members}
    _asked(context, region)[f"{kind}/{key}"] = asked


def shown(context: Context, kind: str, key: str, region: str | None = None) -> Document:
    """The members that are reported of the thing, or asked for since."""
    reported = _reported(context, kind, key, region)
    asked = _asked(context, region).get(f"{kind}/{key}")
    if asked and _is_unanswered(asked, reported):
        return {**(reported or {}), **asked["members"]}
    return dict(reported or {})


def _is_unanswered(asked: Document, reported: Document | None) -> bool:
    """A document that does not say what it has heard is an answer if it is another than before."""
    if reported is None:
        return asked["seen"] is None
    return reported[AS_OF] < asked["request"] if AS_OF in reported else reported == asked["seen"]


def _reported(context: Context, kind: str, key: str, region: str | None) -> Document | None:
    call = context.call
    return context.exchange.reported(region or call.region, call.service, kind).get(key)


def _asked(context: Context, region: str | None) -> Collection:
    call = context.call
    return context.memory.collection(call.account, region or call.region, call.service, _KIND)

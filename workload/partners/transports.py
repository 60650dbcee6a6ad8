"""How partners are asked: by API at once, by file, by message."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from workload.partners.call import book_of, json_object, later, page_of, partner_of, text_in
from workload.partners.checks import answer
from workload.partners.directory import Partner
from workload.partners.exceptions import CallRefused
from workload.partners.record_book import Entry, Outcome, Verdict

__all__ = ["API_ROUTES", "FILE_ROUTES", "MESSAGING_ROUTES"]


async def _check(request: Request) -> JSONResponse:
    question = await json_object(request)
    return JSONResponse(_answer(partner_of(request), question))


async def _put_file(request: Request) -> JSONResponse:
    """A file of questions, one JSON object a line."""
    partner, name = partner_of(request), request.path_params["name"]
    text = (await request.body()).decode(errors="replace")
    for question in _lines(text):
        _answer(partner, question)
    outcome = await book_of(request).record(_files(partner), name, {"text": text})
    return _received(outcome, name)


async def _file_answer(request: Request) -> Response:
    """The answers, in the order of the questions."""
    partner, name = partner_of(request), request.path_params["name"]
    entry = await book_of(request).find(_files(partner), name)
    if entry is None:
        raise CallRefused(404, "unknown-file", f"No file {name!r} was sent to {partner.name}.")
    remaining = _remaining_seconds(request, entry)
    if remaining > 0:
        return later(remaining, f"{name!r} is not answered yet.")
    answers = [json.dumps(_answer(partner, it)) for it in _lines(entry.content["text"])]
    return PlainTextResponse("".join(f"{it}\n" for it in answers), media_type="application/x-ndjson")


async def _post_message(request: Request) -> JSONResponse:
    partner, message = partner_of(request), await json_object(request)
    message_id = text_in(message, "message_id")
    if "check" in message:
        _answer(partner, message)
    outcome = await book_of(request).record(_messages(partner), message_id, message)
    return _received(outcome, message_id)


async def _replies(request: Request) -> JSONResponse:
    """Replies to the messages that asked for a check, those that there are by now."""
    partner = partner_of(request)
    entries = await book_of(request).page(_messages(partner), *page_of(request))
    return JSONResponse(
        {"replies": [_reply(partner, it) for it in entries if _remaining_seconds(request, it) <= 0]}
    )


async def _message_reply(request: Request) -> JSONResponse:
    partner, message_id = partner_of(request), request.path_params["message_id"]
    entry = await book_of(request).find(_messages(partner), message_id)
    if entry is None:
        raise CallRefused(404, "unknown-message", f"No message {message_id!r} was sent to {partner.name}.")
    remaining = _remaining_seconds(request, entry)
    if remaining > 0:
        return later(remaining, f"{message_id!r} is not answered yet.")
    return JSONResponse(_reply(partner, entry))


def _answer(partner: Partner, question: dict[str, Any]) -> dict[str, Any]:
    return answer(partner.name, text_in(question, "check"), text_in(question, "client_reference"))


def _lines(text: str) -> list[dict[str, Any]]:
    try:
        lines = [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise CallRefused(400, "not-json", f"A file has a JSON object a line, got {error}.") from error
    if not all(isinstance(line, dict) for line in lines):
        raise CallRefused(400, "not-an-object", "A file has a JSON object a line, got something else.")
    return lines


def _received(outcome: Outcome, id_: str) -> JSONResponse:
    if outcome.verdict is Verdict.DIFFERENT:
        raise CallRefused(409, "differs", f"{id_!r} was sent before with other content. Use another id.")
    return JSONResponse({"id": id_, "sequence": outcome.entry.sequence, "state": "received"}, 202)


def _reply(partner: Partner, entry: Entry) -> dict[str, Any]:
    content = {"message_id": entry.id, "sequence": entry.sequence}
    return content | _answer(partner, entry.content) if "check" in entry.content else content


def _remaining_seconds(request: Request, entry: Entry) -> float:
    """Until the entry is answered."""
    return entry.recorded_at + partner_of(request).answer_seconds - book_of(request).now()


def _files(partner: Partner) -> str:
    return f"{partner.name}/files"


def _messages(partner: Partner) -> str:
    return f"{partner.name}/messages"


API_ROUTES = (Route("/checks", _check, methods=["POST"]),)
FILE_ROUTES = (
    Route("/files/{name}", _put_file, methods=["PUT"]),
    Route("/files/{name}/answer", _file_answer),
)
MESSAGING_ROUTES = (
    Route("/messages", _post_message, methods=["POST"]),
    Route("/messages/{message_id}/reply", _message_reply),
    Route("/replies", _replies),
)

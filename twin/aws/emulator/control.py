"""The emulator's own endpoints, beside those of AWS: under ``/moto-api/estate/``."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from twin.aws.emulator.answer import Answer, Responder, json_answer
from twin.aws.emulator.authorization.logins import FORM as LOGIN_FORM
from twin.aws.emulator.authorization.logins import Login, LoginVerdict, read_login
from twin.aws.emulator.environment import ACCOUNT_ID
from twin.aws.emulator.exceptions import RuntimeReplaced
from twin.aws.emulator.exchange import Exchange, Report
from twin.aws.emulator.monitoring.series import Datum
from twin.aws.emulator.published_data import FORM, read_datum
from twin.aws.emulator.replay import Replay

__all__ = ["PREFIX", "Control"]

PREFIX = "/moto-api/estate/"

_FORGET = 'The body must be {"token": "<token>"}: the part of x-estate-operation before the last "/".'
_CHANGES = (
    "The query may have after=<version>, wait=<seconds>, requests_after=<id of the last request dealt with> and "
    "nonce=<the boot that they refer to>."
)
_REPORT = (
    'The body must be {"runtime": "<nonce>", "documents": [{"service", "region", "kind", "key", '
    '"document": {...} or null}]}.'
)


@dataclass(frozen=True)
class Control:
    """Answers what is under the prefix, and leaves the rest to `aws`."""

    aws: Responder
    replay: Replay
    exchange: Exchange
    inventory: Callable[[], list[dict[str, str]]]
    moto_version: str
    publish: Callable[[Iterable[Datum]], None]
    login: Callable[[Login], LoginVerdict]
    permissions: Callable[[], list[dict[str, Any]]] = list

    def __call__(self, environ: dict[str, Any]) -> Answer:
        path: str = environ.get("PATH_INFO", "")
        return self._own(environ, path.removeprefix(PREFIX)) if path.startswith(PREFIX) else self.aws(environ)

    def _own(self, environ: dict[str, Any], name: str) -> Answer:
        match environ["REQUEST_METHOD"], name:
            case "GET", "identity":
                return json_answer("200 OK", self.identity())
            case "GET", "inventory":
                return json_answer("200 OK", {"resources": self.inventory()})
            case "GET", "permissions":
                return json_answer("200 OK", {"roles": self.permissions()})
            case "GET", "changes":
                return self._changes(environ)
            case "POST", "forget":
                return self._forget(environ)
            case "POST", "report":
                return self._report(environ)
            case "POST", "metrics":
                return self._metrics(environ)
            case "POST", "login":
                return self._login(environ)
            case "POST", "settled":
                self.exchange.settle()
                return json_answer("200 OK", {"settled": True})
            case method, _:
                message = (
                    f"No {method} {PREFIX}{name}. There are GET changes, GET identity, GET inventory, "
                    "GET permissions, "
                    "POST forget, POST login, POST metrics, POST report and POST settled."
                )
                return json_answer("404 Not Found", {"message": message})

    def identity(self) -> dict[str, str]:
        """Which boot of which emulator this is."""
        return {"nonce": self.exchange.nonce, "account": ACCOUNT_ID, "moto": self.moto_version}

    def _forget(self, environ: dict[str, Any]) -> Answer:
        try:
            token = json.loads(environ["wsgi.input"].read())["token"]
        except (ValueError, KeyError, TypeError):
            return _malformed(_FORGET)
        return json_answer("200 OK", {"forgotten": self.replay.forget(str(token))})

    def _changes(self, environ: dict[str, Any]) -> Answer:
        asked = dict(parse_qsl(environ.get("QUERY_STRING", "")))
        try:
            after, seconds = int(asked.get("after", 0)), float(asked.get("wait", 0))
            requests_after = int(asked["requests_after"]) if "requests_after" in asked else None
        except ValueError:
            return _malformed(_CHANGES)
        told = self.exchange.wait(after, requests_after, seconds, asked.get("nonce"))
        return json_answer("200 OK", told)

    def _report(self, environ: dict[str, Any]) -> Answer:
        try:
            given = json.loads(environ["wsgi.input"].read())
            runtime, reports = str(given["runtime"]), [_read(it) for it in given["documents"]]
        except (ValueError, KeyError, TypeError):
            return _malformed(_REPORT)
        try:
            self.exchange.report(runtime, reports)
        except RuntimeReplaced as error:
            return json_answer("409 Conflict", {"message": str(error)})
        return json_answer("200 OK", {"reported": len(reports), "nonce": self.exchange.nonce})

    def _login(self, environ: dict[str, Any]) -> Answer:
        """Whether somebody may log in to a store; 503 while nobody can say yet."""
        try:
            login = read_login(json.loads(environ["wsgi.input"].read()))
        except (ValueError, KeyError, TypeError):
            return _malformed(LOGIN_FORM)
        verdict = self.login(login)
        return json_answer("503 Service Unavailable" if verdict.is_early else "200 OK", verdict.document())

    def _metrics(self, environ: dict[str, Any]) -> Answer:
        """All of the data are taken, or none."""
        try:
            data = [read_datum(it) for it in json.loads(environ["wsgi.input"].read())["data"]]
        except (ValueError, KeyError, TypeError, AttributeError):
            return _malformed(FORM)
        self.publish(data)
        return json_answer("200 OK", {"taken": len(data), "nonce": self.exchange.nonce})


def _read(given: dict[str, Any]) -> Report:
    document = given["document"]
    if not isinstance(document, dict | None):
        raise TypeError(document)
    return Report(
        str(given["service"]), str(given["region"]), str(given["kind"]), str(given["key"]), document
    )


def _malformed(message: str) -> Answer:
    return json_answer("400 Bad Request", {"message": message})

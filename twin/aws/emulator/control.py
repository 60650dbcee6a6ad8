"""The emulator's own endpoints, beside those of AWS: under ``/moto-api/estate/``."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twin.aws.emulator.answer import Answer, Responder, json_answer
from twin.aws.emulator.environment import ACCOUNT_ID
from twin.aws.emulator.replay import Replay

__all__ = ["PREFIX", "Control"]

PREFIX = "/moto-api/estate/"


@dataclass(frozen=True)
class Control:
    """Answers what is under the prefix, and leaves the rest to `aws`."""

    aws: Responder
    replay: Replay
    inventory: Callable[[], list[dict[str, str]]]
    nonce: str
    moto_version: str

    def __call__(self, environ: dict[str, Any]) -> Answer:
        path: str = environ.get("PATH_INFO", "")
        return self._own(environ, path.removeprefix(PREFIX)) if path.startswith(PREFIX) else self.aws(environ)

    def _own(self, environ: dict[str, Any], name: str) -> Answer:
        match environ["REQUEST_METHOD"], name:
            case "GET", "identity":
                return json_answer("200 OK", self.identity())
            case "GET", "inventory":
                return json_answer("200 OK", {"resources": self.inventory()})
            case "POST", "forget":
                return self._forget(environ)
            case method, _:
                message = (
                    f"No {method} {PREFIX}{name}. There are GET identity, GET inventory and POST forget."
                )
                return json_answer("404 Not Found", {"message": message})

    def identity(self) -> dict[str, str]:
        """Which boot of which emulator this is."""
        return {"nonce": self.nonce, "account": ACCOUNT_ID, "moto": self.moto_version}

    def _forget(self, environ: dict[str, Any]) -> Answer:
        try:
            token = json.loads(environ["wsgi.input"].read())["token"]
        except (ValueError, KeyError, TypeError):
            message = (
                'The body must be {"token": "<token>"}: the part of x-estate-operation before the last "/".'
            )
            return json_answer("400 Bad Request", {"message": message})
        return json_answer("200 OK", {"forgotten": self.replay.forget(str(token))})

"""moto with the extensions over it, as a function from request to answer."""

import traceback
from collections.abc import Callable, Sequence
from typing import Any

from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from twin.aws.emulator.answer import Answer, run
from twin.aws.emulator.authorization.gate import Gate
from twin.aws.emulator.errors import AwsError, error_answer
from twin.aws.emulator.exchange import Exchange
from twin.aws.emulator.extended import Extended
from twin.aws.emulator.extension import Extension
from twin.aws.emulator.inventory import inventory
from twin.aws.emulator.monitoring.monitoring import Monitoring

__all__ = ["Dispatcher", "EmulatedAws"]

_NO_ROUTE = AwsError("NotImplemented", "moto has no such operation", "501 Not Implemented")


class EmulatedAws:
    """AWS's services, emulated. They run nothing outside this process. Args: gate: judges what sessions ask for."""

    def __init__(self, extensions: Sequence[Extension], exchange: Exchange, gate: Gate | None = None) -> None:
        default_user_config["lambda"] = {"use_docker": False}
        default_user_config["batch"] = {"use_docker": False}
        application = Dispatcher(_application)
        self._extended = Extended(lambda environ: run(application, environ), extensions, exchange, gate)
        self._kinds = frozenset((it.service, kind) for it in extensions for kind in it.resources)

    def __call__(self, environ: dict[str, Any]) -> Answer:
        try:
            answer = self._extended(environ)
            return error_answer(environ, _NO_ROUTE) if _is_unrouted(answer) else answer
        except AwsError as error:
            return error_answer(environ, error)
        except NotImplementedError as error:
            return error_answer(environ, AwsError("NotImplemented", str(error), "501 Not Implemented"))
        except Exception as error:
            traceback.print_exc()
            message = f"The emulator failed at this request: {type(error).__name__}: {error}"
            return error_answer(environ, AwsError("InternalFailure", message, "500 Internal Server Error"))

    @property
    def monitoring(self) -> Monitoring:
        """CloudWatch, for what the data plane measures."""
        return self._extended.monitoring

    def inventory(self) -> list[dict[str, str]]:
        return inventory(self._extended.memory, self._kinds)


class Dispatcher(DomainDispatcherApplication):
    """Finds a host's service once: moto lists its modules' folder and tries a pattern for each, twice a request."""

    def __init__(self, create_app: Callable[[Any], Any]) -> None:
        super().__init__(create_app)
        self._known: dict[str, Any] = {}

    def get_backend_for_host(self, host: str | None) -> Any:
        if host is None:
            return None
        if host not in self._known and (found := super().get_backend_for_host(host)):
            self._known[host] = found
        return self._known.get(host)


def _application(service: Any) -> Any:
    """moto's application for one of its services; it names none where it does not know whom a request is for."""
    if service is None:
        raise NotImplementedError("moto has no such service")
    return create_backend_app(service)


def _is_unrouted(answer: Answer) -> bool:
    """The web framework found no function for the path; a service of moto's would not answer in HTML."""
    return answer.code == 404 and b"<title>404 Not Found</title>" in answer.body

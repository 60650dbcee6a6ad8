"""moto with the extensions over it, as a function from request to answer."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from moto.core.utils import get_service_model

from twin.aws.emulator.answer import Answer, Responder
from twin.aws.emulator.authorization.gate import Gate
from twin.aws.emulator.call import Call, call_of
from twin.aws.emulator.exchange import Exchange
from twin.aws.emulator.extension import (
    Amendment,
    Context,
    Extension,
    Inside,
    Kept,
    Operation,
    Refused,
    Showing,
)
from twin.aws.emulator.kept import carry_over
from twin.aws.emulator.memory import Memory
from twin.aws.emulator.monitoring.monitoring import Monitoring
from twin.aws.emulator.mutation import is_change
from twin.aws.emulator.scope import signing_scope

__all__ = ["Extended"]


class Extended:
    """Answers the extensions' operations, applies their rules to moto's answers, and passes on all else untouched.

    Args:
        gate: judges what sessions ask for before it is answered; None lets everybody do everything.

    Attributes:
        memory: what the extensions know that moto does not.
        monitoring: CloudWatch, which others than requests use too.
    """

    def __init__(
        self,
        moto: Responder,
        extensions: Sequence[Extension],
        exchange: Exchange,
        gate: Gate | None = None,
    ) -> None:
        self.memory = Memory()
        self._gate = gate
        self.monitoring = Monitoring(self.memory)
        self._exchange = exchange
        self._moto = moto
        self._service_by_signing_name: dict[str, str] = {}
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._operations: dict[tuple[str, str], Operation] = {}
        self._rules: defaultdict[tuple[str, str], list[Kept]] = defaultdict(list)
        self._amendments: defaultdict[tuple[str, str], list[Amendment]] = defaultdict(list)
        self._showings: defaultdict[tuple[str, str], list[Showing]] = defaultdict(list)
        for extension in extensions:
            self._add(extension)
        inside = Inside(self, self.memory, exchange, self.monitoring)
        for extension in extensions:
            if extension.join:
                extension.join(inside)

    def _add(self, extension: Extension) -> None:
        service = extension.service
        self._service_by_signing_name[str(get_service_model(service).signing_name)] = service
        kept_names = {name for rule in extension.kept for name in (*rule.writes, *rule.shows)}
        self._names[service] |= {*kept_names, *extension.operations, *extension.amends, *extension.shows}
        for name, operation in extension.operations.items():
            self._operations[service, name] = operation
        for rule in extension.kept:
            for name in {*rule.writes, *rule.shows}:
                self._rules[service, name].append(rule)
        for name, amendment in extension.amends.items():
            self._amendments[service, name].append(amendment)
        for name, showing in extension.shows.items():
            self._showings[service, name].append(showing)
        if extension.patch:
            extension.patch()
        if extension.start:
            extension.start(self._exchange)

    def __call__(self, environ: dict[str, Any]) -> Answer:
        service = self._service(environ)
        admission = self._gate.admit(environ, service) if self._gate else None
        if admission and admission.refusal:
            return admission.refusal
        call = self._own(admission.call) if admission else self._call(environ, service)
        answer = self._moto(environ) if call is None else self._answer(call, environ)
        read = admission.call if admission else call
        if 200 <= answer.code < 400 and is_change(environ, service, read.name if read else None):
            self._exchange.note(service)
        return answer

    def _service(self, environ: dict[str, Any]) -> str:
        """boto3's name of the service where an extension has it, else the name that is signed for."""
        signing_name = signing_scope(environ).service
        return self._service_by_signing_name.get(signing_name, signing_name)

    def _call(self, environ: dict[str, Any], service: str) -> Call | None:
        return call_of(environ, service, self._names[service]) if service in self._names else None

    def _own(self, call: Call) -> Call | None:
        """The call where extensions have to do with it."""
        return call if call.name in self._names.get(call.service, ()) else None

    def _answer(self, call: Call, environ: dict[str, Any]) -> Answer:
        context = Context(
            call,
            self.memory,
            lambda: self._moto(environ),
            self._exchange,
            self.monitoring,
            environ,
            self._gate,
        )
        operation = self._operations.get((call.service, call.name))
        try:
            answer = call.answer(operation(context)) if operation else self._moto(environ)
        except Refused as refused:
            return refused.answer
        return self._completed(context, answer)

    def _completed(self, context: Context, answer: Answer) -> Answer:
        """With what is kept, amended and shown beside moto's answer."""
        call = context.call
        name = (call.service, call.name)
        if not 200 <= answer.code < 300 or not any(
            name in them for them in (self._rules, self._amendments, self._showings)
        ):
            return answer
        document = call.document(answer)
        for rule in self._rules.get(name, ()):
            carry_over(rule, call, document, self.memory)
        for amend in self._amendments.get(name, ()):
            amend(call, document)
        for show in self._showings.get(name, ()):
            show(context, document)
        return call.answer(document)

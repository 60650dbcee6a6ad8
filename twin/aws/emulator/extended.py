"""moto with the extensions over it, as a function from request to answer."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from moto.core.utils import get_service_model

from twin.aws.emulator.answer import Answer, Responder
from twin.aws.emulator.call import Call, call_of
from twin.aws.emulator.extension import Amendment, Context, Extension, Kept, Operation, Refused
from twin.aws.emulator.kept import carry_over
from twin.aws.emulator.memory import Memory
from twin.aws.emulator.scope import signing_scope

__all__ = ["Extended"]


class Extended:
    """Answers the extensions' operations, applies their rules to moto's answers, and passes on all else untouched.

    Attributes: memory, what the extensions know that moto does not.
    """

    def __init__(self, moto: Responder, extensions: Sequence[Extension]) -> None:
        self.memory = Memory()
        self._moto = moto
        self._service_by_signing_name: dict[str, str] = {}
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._operations: dict[tuple[str, str], Operation] = {}
        self._rules: defaultdict[tuple[str, str], list[Kept]] = defaultdict(list)
        self._amendments: defaultdict[tuple[str, str], list[Amendment]] = defaultdict(list)
        for extension in extensions:
            self._add(extension)

    def _add(self, extension: Extension) -> None:
        service = extension.service
        self._service_by_signing_name[str(get_service_model(service).signing_name)] = service
        kept_names = {name for rule in extension.kept for name in (*rule.writes, *rule.shows)}
        self._names[service] |= kept_names | set(extension.operations) | set(extension.amends)
        for name, operation in extension.operations.items():
            self._operations[service, name] = operation
        for rule in extension.kept:
            for name in {*rule.writes, *rule.shows}:
                self._rules[service, name].append(rule)
        for name, amendment in extension.amends.items():
            self._amendments[service, name].append(amendment)
        if extension.patch:
            extension.patch()

    def __call__(self, environ: dict[str, Any]) -> Answer:
        call = self._call(environ)
        if call is None:
            return self._moto(environ)
        operation = self._operations.get((call.service, call.name))
        try:
            answer = (
                call.answer(operation(self._context(call, environ))) if operation else self._moto(environ)
            )
        except Refused as refused:
            return refused.answer
        return self._with_kept(call, answer)

    def _call(self, environ: dict[str, Any]) -> Call | None:
        service = self._service_by_signing_name.get(signing_scope(environ).service)
        return call_of(environ, service, self._names[service]) if service else None

    def _context(self, call: Call, environ: dict[str, Any]) -> Context:
        return Context(call, self.memory, lambda: self._moto(environ))

    def _with_kept(self, call: Call, answer: Answer) -> Answer:
        rules = self._rules.get((call.service, call.name), ())
        amendments = self._amendments.get((call.service, call.name), ())
        if not (rules or amendments) or not 200 <= answer.code < 300:
            return answer
        document = call.document(answer)
        for rule in rules:
            carry_over(rule, call, document, self.memory)
        for amend in amendments:
            amend(call, document)
        return call.answer(document)

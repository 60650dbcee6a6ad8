"""What AWS's services may do by themselves or with a role that they were given, where the emulator acts for them.

A service says for which resource, of whose account, it acts. Source: IAM user guide, "The confused deputy problem",
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

import time
from collections.abc import Callable, Iterable

from twin.aws.emulator.authorization import wording
from twin.aws.emulator.authorization.assumption import Assumption, refusal_of
from twin.aws.emulator.authorization.caller import role_session, service
from twin.aws.emulator.authorization.context import Arrival, request_context
from twin.aws.emulator.authorization.decision import Access, Applying, decide
from twin.aws.emulator.authorization.exceptions import MalformedPolicy
from twin.aws.emulator.authorization.finders import encryption_context
from twin.aws.emulator.authorization.holdings import Place
from twin.aws.emulator.authorization.policy import Policy, read
from twin.aws.emulator.authorization.requests import Needs
from twin.aws.emulator.authorization.state import MotoState, Role

__all__ = ["Acting"]

_KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")


class Acting:
    """Args: clock: seconds since the epoch."""

    def __init__(self, state: MotoState | None = None, clock: Callable[[], float] = time.time) -> None:
        self._state, self._clock = state or MotoState(), clock

    def refusal(self, name: str, action: str, resource: str, source_arn: str) -> str:
        """Why the service may not, by the resource's policy and its key's; empty where it may.

        Args: name: such as ``sns.amazonaws.com``. source_arn: of what it acts for.
        """
        place = _place(resource)
        if against := self._by_policy(name, Needs(action, resource), place, source_arn):
            return against
        key_id = self._state.encryption_key(resource.split(":")[2], place, resource)
        key_arn = self._state.key_arn(place, key_id) if key_id and "alias/aws/" not in key_id else None
        actions = _KEY_ACTIONS if key_arn else ()
        found = (self._by_policy(name, Needs(it, str(key_arn)), place, source_arn) for it in actions)
        return next((it for it in found if it), "")

    def role_refusal(
        self, name: str, role_arn: str, source_arn: str, wanted: Iterable[tuple[str, Needs]]
    ) -> str:
        """Why the service may not do it all with the role; empty where it may. Args: wanted: region and needs."""
        role = self._state.role(role_arn)
        assumption = Assumption(service(name), None, role_arn, "", "service", source_arn=source_arn)
        if against := refusal_of(assumption, role, self._clock()):
            return against
        assert role is not None
        found = (self._by_role(role, region, needs) for region, needs in wanted)
        return next((it for it in found if it), "")

    def key_needs(self, action: str, region: str, account: str, key_id: str, bucket_arn: str) -> list[Needs]:
        """What a role needs of a key with which S3 encrypts for it; nothing for a key of AWS's own."""
        place = Place(account, region)
        key_arn = self._state.key_arn(place, key_id) if "alias/aws/" not in key_id else None
        keys = {
            **encryption_context({"aws:s3:arn": bucket_arn}),
            "kms:viaservice": f"s3.{region}.amazonaws.com",
        }
        return [Needs(action, key_arn, keys)] if key_arn else []

    def _by_policy(self, name: str, needs: Needs, place: Place, source_arn: str) -> str:
        caller = service(name)
        keys = request_context(caller, Arrival(self._clock()), place.region, place.account)
        keys |= {
            "aws:sourcearn": source_arn,
            "aws:sourceaccount": _place(source_arn).account or place.account,
        }
        access = Access(needs.action, needs.resource, keys)
        decision = decide(caller, access, Applying(resource=self._policy(place, needs.resource)))
        return "" if decision.is_allowed else wording.denial(caller, access, decision)

    def _by_role(self, role: Role, region: str, needs: Needs) -> str:
        place = Place(role.arn.split(":")[4], region)
        caller = role_session(role.arn, "service")
        keys = request_context(caller, Arrival(self._clock(), tags=role.tags), region, place.account)
        access = Access(needs.action, needs.resource, {**keys, **needs.keys})
        applying = Applying(
            identity=role.identity,
            boundary=role.boundary,
            resource=self._policy(place, needs.resource),
            resource_decides=needs.resource.startswith("arn:aws:kms:"),
        )
        decision = decide(caller, access, applying)
        return "" if decision.is_allowed else wording.denial(caller, access, decision)

    def _policy(self, place: Place, resource: str) -> Policy | None:
        document = self._state.resource_policy(place, resource)
        try:
            return read(resource, document) if document else None
        except MalformedPolicy:
            return Policy(resource, ())


def _place(arn: str) -> Place:
    parts = [*arn.split(":"), "", "", "", "", ""]
    return Place(parts[4], parts[3])

"""One API call of a row: what it is named, and where its parameters come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from twin.aws.expressions import Expression

__all__ = ["Call", "Take"]


class Take(Enum):
    """Which inputs a call takes by name, beside its explicit parameters."""

    NOTHING = "nothing"
    ALL = "all"
    CHANGED = "changed"
    """Those that an update changes and the call has a place for."""


@dataclass(frozen=True, eq=False)
class Call:
    """One API call.

    Attributes:
        operation: boto3's method name, ``create_vpc``.
        params: AWS's parameter names to expressions. They win over what is taken by name; what they read of
            ``inputs`` counts as handled.
        takes: which inputs go to the parameters that bear their names.
        within: the structure parameter that the inputs taken by name go into, as ``BackupPlan``; `params`
            stay at the top.
        on: properties that this call carries, where they are not just those that `params` reads. A call of
            `Resource.settings` is made when one of them is declared, or changes. A call that takes inputs by
            name takes only these.
        when: an expression; the call is made only if it holds.
        each: an expression of a list; the call is made for each element.
        pick: expression of the description in the answer.
        find: where `pick` is a list: which members, with which values, the element has that is meant.
        service, region: where they are not the resource's; region is an expression.
        tolerates: error codes after which the step goes on.
    """

    operation: str
    params: Mapping[str, Expression] = field(default_factory=dict[str, Expression])
    takes: Take = Take.NOTHING
    within: str | None = None
    on: tuple[str, ...] = ()
    when: str | None = None
    each: str | None = None
    pick: Expression | None = None
    find: Mapping[str, Expression] = field(default_factory=dict[str, Expression])
    service: str | None = None
    region: Expression | None = None
    tolerates: tuple[str, ...] = ()

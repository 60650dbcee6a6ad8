"""What a row of the handler table says about one resource type.

A row names AWS's calls; botocore's service model says where each property goes. A step's scope, which all
expressions of a row see, is: ``inputs`` (properties as declared, with names and defaults filled in), ``old``
(those before an update), ``outputs`` (as recorded), ``id``, ``answer`` (of the latest call), ``item`` (the
description of the resource), one entry for each call of ``also``, ``each`` (the element of a repeated call),
``tags`` (in the service's form), ``tag_keys`` (those to be removed), ``region``, ``account``, ``token`` and
``seed`` (see `engine.provider.Operation`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.provider import Change
from twin.aws.call import Call, Take
from twin.aws.expressions import Expression
from twin.aws.names import Name
from twin.aws.tags import Tagging

if TYPE_CHECKING:
    from twin.aws.step import Step

__all__ = ["ABSENT", "Call", "Hook", "Resource", "Take"]

ABSENT = re.compile(r"NotFound|NoSuch|NonExist|DoesNotExist|NotExist|ResourceNotFoundException")
"""Error codes that say a thing is not there, in AWS's many spellings."""

Hook = Callable[["Step"], None]
"""Code of a row: reads and writes the step, and calls AWS through it."""


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource type: which calls make, change, describe and remove it.

    Attributes:
        token: Pulumi's type token.
        service: boto3's service name.
        create: takes all inputs by name unless they are handled elsewhere in the row.
        id: expression of Pulumi's id, after `create`.
        settings: calls that each carry some properties (`Call.on`), made after `create` where declared and on
            update where changed.
        updates: calls made on update only, each if it has a place for any change.
        read: describes the resource; its `pick` becomes ``item``.
        also: further descriptions, by the name that expressions know them by.
        gone: expression that holds when the description is of something deleted.
        delete: calls in order. That the thing is absent is no error.
        name: how it is named when the program does not.
        tagging: how it takes tags; None if it takes none.
        renames: paths of properties that AWS names otherwise.
        defaults: what AWS, or Pulumi, assumes for a property that is not given; an update that removes the
            property puts this back.
        outputs: output property to expression. What bears the name of an output in ``item`` needs no mention.
        replaces: properties that cannot change in place.
        change: how a replacement is done.
        refresh: describe it after creation, because the answer to `create` does not.
        ignored: property path to the reason why no call carries it.
        unread: property path to the reason why AWS does not tell it again; read back as recorded.
        emulator_ignores: property path to what the emulator does with it instead of keeping it; read back as
            recorded.
        secrets: properties whose values never appear in an error; read back as recorded unless `outputs` has
            them.
        absent: further error codes that mean it is not there.
        after_create, before_update, before_delete, after_read: code, where a call does not say it.
    """

    token: str
    service: str
    id: Expression
    create: Call | None = None
    settings: tuple[Call, ...] = ()
    updates: tuple[Call, ...] = ()
    read: Call | None = None
    also: Mapping[str, Call] = field(default_factory=dict[str, Call])
    gone: str | None = None
    delete: tuple[Call, ...] = ()
    name: Name | None = None
    tagging: Tagging | None = None
    renames: Mapping[str, str] = field(default_factory=dict[str, str])
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, Expression] = field(default_factory=dict[str, Expression])
    replaces: frozenset[str] = frozenset()
    change: Change = Change.REPLACE
    refresh: bool = False
    ignored: Mapping[str, str] = field(default_factory=dict[str, str])
    unread: Mapping[str, str] = field(default_factory=dict[str, str])
    emulator_ignores: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: frozenset[str] = frozenset()
    absent: tuple[str, ...] = ()
    after_create: Hook | None = None
    before_update: Hook | None = None
    before_delete: Hook | None = None
    after_read: Hook | None = None
    hook_reads: frozenset[str] = frozenset()
    """Properties that the row's code handles."""

    def says_absent(self, code: str) -> bool:
        """Whether an error code means that the resource is not there."""
        return code in self.absent or bool(ABSENT.search(code))

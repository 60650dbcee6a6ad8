"""The workspace, by way of Pulumi's Automation API and the Pulumi CLI below it.

Tested against a stand-in for the CLI. It has not been run against AWS.
"""

import re
from collections.abc import Callable, Collection
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pulumi import automation
from pulumi.automation.errors import CommandError, ConcurrentUpdateError
from pulumi.automation.events import EngineEvent, StepEventMetadata

from engine.diff import PropertyDifference, differences
from engine.urn import name_of
from estate.deployer.workspace import Change, Outcome, StackFailed

__all__ = ["KEY_ALIAS", "SECRETS_PROVIDER", "AutomationWorkspace", "reason_of"]

KEY_ALIAS = "estate/pulumi"
"""Of the KMS key that bootstrap/ makes for the stacks' secrets, in both regions."""
SECRETS_PROVIDER = f"awskms://alias/{KEY_ALIAS}"
"""Names no region, so that AWS_REGION decides: with eu-west-2 unreachable, the replica in the standby region opens what
the primary key sealed. Source: gocloud.dev, secrets/awskms and aws.V2ConfigFromURLParams; KMS developer guide,
"Multi-Region keys"."""

Answer = TypeVar("Answer")

_SHOWN_ERRORS = 3
_ERROR_LINE = re.compile(r"^\s*(?:std(?:out|err):\s*)?error: (?P<text>.+)$", re.MULTILINE)
_NO_NEWS = ("update failed", "preview failed", "one or more errors occurred")
_CHANGES = ("create", "update", "replace", "delete")


class AutomationWorkspace:
    """Works on the project as it lies on disk, under the stacks' own names.

    Args:
        root: the folder of Pulumi.yaml.
        region: where the key of the stacks' secrets is asked.
        on_step: told after each resource that was changed, with the stack's name.
    """

    def __init__(
        self,
        root: Path,
        region: str,
        on_step: Callable[[str, str], None] = lambda stack, text: None,
    ) -> None:
        self._root = root
        self._region = region
        self._on_step = on_step

    def stacks(self) -> Collection[str]:
        listed = _asked("", self._local.list_stacks)
        # A backend that knows organisations lists `organization/project/stack`.
        return {summary.name.rpartition("/")[2] for summary in listed}

    def preview(self, stack: str) -> Outcome:
        return self._planned(stack, self._selected(stack).preview)

    def preview_destroy(self, stack: str) -> Outcome:
        return self._planned(stack, self._selected(stack).preview_destroy)

    def up(self, stack: str) -> Outcome:
        made = _asked(stack, lambda: automation.Stack.create_or_select(stack, self._local))
        return self._applied(stack, made.up)

    def destroy(self, stack: str) -> Outcome:
        return self._applied(stack, self._selected(stack).destroy)

    def drift(self, stack: str) -> Outcome:
        """By `pulumi refresh --preview-only`, which asks AWS and does not run the program."""
        steps: list[StepEventMetadata] = []

        def on_event(event: EngineEvent) -> None:
            if event.res_outputs_event:
                steps.append(event.res_outputs_event.metadata)

        selected = self._selected(stack)
        result = _asked(stack, lambda: selected.preview_refresh(on_event=on_event, color="never"))
        changes = [Change(step.op.value, step.urn, _declared_differences(step)) for step in steps]
        return Outcome(_counts(result.change_summary), changes)

    def _planned(self, stack: str, plan: Callable[..., automation.PreviewResult]) -> Outcome:
        steps: list[StepEventMetadata] = []

        def on_event(event: EngineEvent) -> None:
            if event.resource_pre_event:
                steps.append(event.resource_pre_event.metadata)

        result = _asked(stack, lambda: plan(on_event=on_event, color="never"))
        changes = [
            Change(step.op.value, step.urn, _input_differences(step))
            for step in steps
            if step.op.value in _CHANGES
        ]
        return Outcome(_counts(result.change_summary), changes)

    def _applied(self, stack: str, apply: Callable[..., Any]) -> Outcome:
        def on_event(event: EngineEvent) -> None:
            if event.res_outputs_event and event.res_outputs_event.metadata.op.value in _CHANGES:
                step = event.res_outputs_event.metadata
                self._on_step(stack, f"{step.op.value} {step.type} {name_of(step.urn)}")

        result = _asked(stack, lambda: apply(on_event=on_event, color="never", show_secrets=False))
        return Outcome(_counts(result.summary.resource_changes))

    def _selected(self, stack: str) -> automation.Stack:
        return _asked(stack, lambda: automation.Stack.select(stack, self._local))

    @cached_property
    def _local(self) -> automation.LocalWorkspace:
        return automation.LocalWorkspace(
            work_dir=str(self._root),
            env_vars={"AWS_REGION": self._region},
            secrets_provider=SECRETS_PROVIDER,
        )


def reason_of(error: CommandError) -> str:
    """What Pulumi says went wrong, without the rest of its output."""
    found = [match["text"].strip() for match in _ERROR_LINE.finditer(str(error))]
    telling = [text for text in dict.fromkeys(found) if text.rstrip(".") not in _NO_NEWS]
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return "; ".join((telling or found or lines[-1:])[:_SHOWN_ERRORS])


def _asked(stack: str, question: Callable[[], Answer]) -> Answer:
    try:
        return question()
    except ConcurrentUpdateError as error:
        raise StackFailed(
            stack,
            f"another update holds it ({reason_of(error)}). Wait until it has ended; if it died, "
            f"'pulumi cancel --stack {stack}' takes its lock away",
        ) from error
    except CommandError as error:
        raise StackFailed(stack, reason_of(error)) from error
    except RuntimeError as error:  # the Automation API's own, as where no summary came
        raise StackFailed(stack, str(error)) from error


def _counts(changes: Any) -> dict[str, int]:
    return {
        str(getattr(operation, "value", operation)): count for operation, count in (changes or {}).items()
    }


def _input_differences(step: StepEventMetadata) -> list[PropertyDifference]:
    if not (step.old and step.new):
        return []
    return list(differences(dict(step.old.inputs or {}), dict(step.new.inputs or {})))


def _declared_differences(step: StepEventMetadata) -> list[PropertyDifference]:
    """What AWS has otherwise, of the properties that the program sets: the others may change by themselves."""
    if not (step.old and step.new):
        return []
    declared = set(step.old.inputs or {})
    before, after = dict(step.old.outputs or {}), dict(step.new.outputs or {})
    return [
        leaf
        for leaf in differences(before, after)
        if leaf.path.partition(".")[0].partition("[")[0] in declared
    ]

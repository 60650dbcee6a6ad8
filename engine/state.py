"""What is known of the resources that exist: one checkpoint a stack, and a journal of what happened since.

A checkpoint has the shape of Pulumi's (version 3), so that its tools and its readers can make sense of it; it is
marked as a twin's and is not meant for import. Writing it whole after every resource would take time that grows
with the square of the estate, so each step appends one line to a journal instead: an *intent* before the step, its
outcome after. Reading applies the journal to the checkpoint; `StackState.compact` folds it in. An intent without
an outcome is a step that was cut off.
"""

import json
import os
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.exceptions import StateCorrupt, StateUnwritable
from engine.resource import ResourceState
from engine.secrets import Vault
from engine.urn import STACK_TYPE

__all__ = ["Act", "Intent", "StackState", "StateStore"]


class Act(StrEnum):
    """What an intent is about to do. The names are those of Pulumi's pending operations."""

    CREATE = "creating"
    UPDATE = "updating"
    DELETE = "deleting"


@dataclass(frozen=True)
class Intent:
    """A step about to be taken on one resource.

    Attributes:
        token: identifies the step to the provider; the same when the step is taken up again.
        resource: its state as it will be, outputs and (for a creation) id not known yet.
        retires: whether the resource's present state is replaced by this creation and is to be deleted later.
    """

    act: Act
    token: str
    resource: ResourceState
    retires: bool = False


_SUFFIXES = (".json", ".journal")
"""Of a stack's two files; until its first run ends there is a journal alone."""


class StateStore:
    """All the stacks' states in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._vault = Vault(folder / "secrets.key")

    def stack(self, project: str, stack: str, boot: str = "") -> "StackState":
        """The state of one stack. That of another boot of the emulator describes nothing: it is left behind."""
        return StackState(self.folder, project, stack, boot, self._vault)

    def stacks(self, project: str) -> list[str]:
        """The names of the stacks that have a state."""
        kept = (path for suffix in _SUFFIXES for path in self.folder.glob(f"{project}.*{suffix}"))
        return sorted({path.stem.removeprefix(f"{project}.") for path in kept})

    def outputs(self, project: str, stack: str, boot: str = "") -> Mapping[str, Any] | None:
        """A stack's outputs, None if it was never deployed."""
        return self.stack(project, stack, boot).outputs


class StackState:
    """One stack's resources, what is waiting to be deleted, and the steps that were cut off.

    Every method that changes it has written the change when it returns, or raises `StateUnwritable` and has
    changed nothing. Safe to call from many threads.

    Checkpoint and journal carry a serial number, which `compact` raises: a process that dies after it wrote the
    checkpoint and before it removed the journal leaves a journal whose steps are in the checkpoint already.
    """

    def __init__(self, folder: Path, project: str, stack: str, boot: str, vault: Vault) -> None:
        self.project, self.stack, self.boot = project, stack, boot
        self.resources: dict[str, ResourceState] = {}
        self.retired: list[ResourceState] = []
        self.intents: dict[str, Intent] = {}
        self._vault = vault
        self._checkpoint, self._journal = (folder / f"{project}.{stack}{suffix}" for suffix in _SUFFIXES)
        self._descriptor: int | None = None
        self._serial = 0
        self._lock = threading.RLock()
        self._load()

    @classmethod
    def empty(cls, project: str, stack: str) -> "StackState":
        """The state of a stack of which nothing exists; never written."""
        nowhere = Path("/nonexistent")
        return cls(nowhere, project, stack, "", Vault(nowhere / "secrets.key"))

    @property
    def outputs(self) -> Mapping[str, Any] | None:
        root = next((each for each in self.resources.values() if each.type == STACK_TYPE), None)
        return root.outputs if root else None

    def begin(self, intent: Intent) -> None:
        """The intent is on disk: if this process dies now, the next run takes the step up again."""
        with self._lock:
            self._append({"begin": _intent_to_json(intent)})
            self._apply_begin(intent)

    def finish(self, token: str, resource: ResourceState) -> None:
        """The step of this token is done; the resource is as given."""
        with self._lock:
            self._append({"finish": token, "resource": resource.to_checkpoint()})
            self._apply_finish(token, resource)

    def forget(self, token: str) -> None:
        """The step of this token failed, and left nothing behind that the state does not know."""
        with self._lock:
            self._append({"forget": token})
            self.intents.pop(token, None)

    def gone(self, token: str) -> None:
        """The deletion of this token is done."""
        with self._lock:
            self._append({"gone": token})
            self._apply_gone(token)

    def record(self, resource: ResourceState) -> None:
        """The engine's own facts on a resource, which took no step: a component, a reference. Written by `compact`."""
        with self._lock:
            self.resources[resource.urn] = resource

    def note(self, resource: ResourceState) -> None:
        """As `record`, and on disk: a provider, without which a step that was cut off cannot be taken up again."""
        with self._lock:
            if self.resources.get(resource.urn) != resource:
                self._append({"note": resource.to_checkpoint()})
                self.resources[resource.urn] = resource

    def drop(self, resource: ResourceState) -> None:
        """The record of a resource is gone; the resource, if there is one, stays."""
        with self._lock:
            self.retired = [each for each in self.retired if each is not resource]
            if self.resources.get(resource.urn) is resource:
                del self.resources[resource.urn]

    def rename(self, old_urn: str, new_urn: str) -> None:
        """The resource is known under its new name: an alias was claimed."""
        with self._lock:
            self._append({"rename": old_urn, "to": new_urn})
            self._apply_rename(old_urn, new_urn)

    def compact(self, order: Iterable[str] = ()) -> None:
        """The checkpoint holds everything and the journal is empty.

        Args:
            order: URNs in order of registration; Pulumi wants dependencies before their dependents.
        """
        with self._lock:
            ordered = {urn: self.resources[urn] for urn in order if urn in self.resources}
            self.resources = ordered | {urn: it for urn, it in self.resources.items() if urn not in ordered}
            self._write_checkpoint(self._serial + 1)
            self._serial += 1
            self.close()
            self._journal.unlink(missing_ok=True)

    def _write_checkpoint(self, serial: int) -> None:
        partial = self._checkpoint.with_suffix(".partial")
        try:
            self._checkpoint.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(json.dumps(self._document(serial)))
            partial.replace(self._checkpoint)
        except OSError as error:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            raise self._unwritable(self._checkpoint, error) from error

    def delete(self) -> None:
        """Nothing is left of this state on disk."""
        self.close()
        self.resources, self.retired, self.intents, self._serial = {}, [], {}, 0
        for path in (self._checkpoint, self._journal):
            path.unlink(missing_ok=True)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _document(self, serial: int) -> dict[str, Any]:
        live = [self._vault.seal(each.to_checkpoint()) for each in self.resources.values()]
        retired = [self._vault.seal(each.to_checkpoint()) | {"delete": True} for each in self.retired]
        pending = [self._vault.seal(_intent_to_json(each)) for each in self.intents.values()]
        return {
            "version": 3,
            "twin": {
                "boot": self.boot,
                "serial": serial,
                "note": "State of an emulated estate. Not for 'pulumi stack import'.",
            },
            "checkpoint": {
                "stack": f"organization/{self.project}/{self.stack}",
                "latest": {
                    "manifest": {"time": "0001-01-01T00:00:00Z", "magic": "", "version": ""},
                    "resources": live + retired,
                    "pending_operations": pending,
                },
            },
        }

    def _load(self) -> None:
        boot = self._load_checkpoint()
        boot = self._replay_journal() or boot
        if self.boot and boot is not None and boot != self.boot:
            self.delete()

    def _load_checkpoint(self) -> str | None:
        try:
            document = json.loads(self._checkpoint.read_text())
            latest = document["checkpoint"]["latest"]
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise StateCorrupt(
                f"The state in {str(self._checkpoint)!r} cannot be read ({error}). "
                "Take the twin away with 'estate down' and bring it up again."
            ) from error
        for entry in latest["resources"]:
            resource = ResourceState.from_checkpoint(self._vault.open(entry))
            if entry.get("delete"):
                self.retired.append(resource)
            else:
                self.resources[resource.urn] = resource
        for entry in latest.get("pending_operations", []):
            intent = _intent_from_json(self._vault.open(entry))
            self.intents[intent.token] = intent
        twin = document.get("twin", {})
        self._serial = twin.get("serial", 0)
        return twin.get("boot", "")

    def _replay_journal(self) -> str | None:
        """Apply the journal; a last line that was cut off by a crash never happened. Returns the boot it names."""
        try:
            lines = self._journal.read_bytes().split(b"\n")
        except FileNotFoundError:
            return None
        entries = [self._journal_entry(line) for line in lines[:-1]]
        if not entries or entries[0].get("serial", 0) != self._serial:
            return None
        for entry in entries:
            self._apply(self._vault.open(entry))
        return entries[0].get("boot")

    def _journal_entry(self, line: bytes) -> dict[str, Any]:
        try:
            return json.loads(line)
        except ValueError as error:
            raise StateCorrupt(
                f"A line of the journal {str(self._journal)!r} cannot be read ({error}). "
                "Take the twin away with 'estate down' and bring it up again."
            ) from error

    def _apply(self, entry: dict[str, Any]) -> None:
        match entry:
            case {"begin": intent}:
                self._apply_begin(_intent_from_json(intent))
            case {"finish": token, "resource": resource}:
                self._apply_finish(token, ResourceState.from_checkpoint(resource))
            case {"gone": token}:
                self._apply_gone(token)
            case {"forget": token}:
                self.intents.pop(token, None)
            case {"rename": old, "to": new}:
                self._apply_rename(old, new)
            case {"note": resource}:
                noted = ResourceState.from_checkpoint(resource)
                self.resources[noted.urn] = noted
            case _:
                pass

    def _apply_begin(self, intent: Intent) -> None:
        self.intents[intent.token] = intent

    def _apply_finish(self, token: str, resource: ResourceState) -> None:
        intent = self.intents.pop(token, None)
        if intent and intent.retires and resource.urn in self.resources:
            self.retired.append(self.resources[resource.urn])
        self.resources[resource.urn] = resource

    def _apply_gone(self, token: str) -> None:
        intent = self.intents.pop(token, None)
        if intent is None:
            return
        urn, id_ = intent.resource.urn, intent.resource.id
        live = self.resources.get(urn)
        if live and live.id == id_ and live.generation == intent.resource.generation:
            del self.resources[urn]
        self.retired = [each for each in self.retired if (each.urn, each.id) != (urn, id_)]

    def _apply_rename(self, old_urn: str, new_urn: str) -> None:
        self.resources[new_urn] = replace(self.resources.pop(old_urn), urn=new_urn)

    def _append(self, entry: Mapping[str, Any]) -> None:
        try:
            if self._descriptor is None:
                self._open_journal()
            self._write_line(self._vault.seal(dict(entry)))
        except OSError as error:
            raise self._unwritable(self._journal, error) from error

    def _open_journal(self) -> None:
        self._journal.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self._journal, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        whole = self._length_to_keep(self._journal.read_bytes())
        os.ftruncate(self._descriptor, whole)
        if not whole:
            self._write_line({"boot": self.boot, "serial": self._serial})

    def _length_to_keep(self, journal: bytes) -> int:
        """Up to the last line that is whole; nothing where the checkpoint has it all."""
        header = journal.split(b"\n", 1)[0]
        whole = journal.rfind(b"\n") + 1
        return whole if whole and json.loads(header).get("serial", 0) == self._serial else 0

    def _write_line(self, entry: Mapping[str, Any]) -> None:
        assert self._descriptor is not None
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        end = os.fstat(self._descriptor).st_size
        written = 0
        try:
            while written < len(line):
                written += os.write(self._descriptor, line[written:])
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, end)
            raise

    def _unwritable(self, path: Path, error: OSError) -> StateUnwritable:
        return StateUnwritable(
            f"The state could not be written to {str(path)!r}: {error.strerror or error}. "
            "Free some space or mend the permissions and run the same command again: it goes on from here."
        )


def _intent_to_json(intent: Intent) -> dict[str, Any]:
    return {
        "type": str(intent.act),
        "token": intent.token,
        "resource": intent.resource.to_checkpoint(),
        "retires": intent.retires,
    }


def _intent_from_json(document: Mapping[str, Any]) -> Intent:
    return Intent(
        act=Act(document["type"]),
        token=document["token"],
        resource=ResourceState.from_checkpoint(document["resource"]),
        retires=document.get("retires", False),
    )

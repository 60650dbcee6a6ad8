"""Transforms that the program registered: it is called back with each registration, and may change it."""

from typing import Any

import grpc
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

from engine.exceptions import ProgramError

__all__ = ["Transforms"]

_OPTIONS = {
    "depends_on": "dependencies",
    "protect": "protect",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "version": "version",
    "aliases": "aliases",
    "provider": "provider",
    "custom_timeouts": "customTimeouts",
    "plugin_download_url": "pluginDownloadURL",
    "retain_on_delete": "retainOnDelete",
    "deleted_with": "deletedWith",
    "delete_before_replace": "deleteBeforeReplace",
    "additional_secret_outputs": "additionalSecretOutputs",
    "providers": "providers",
}
"""Options by their name in a transform's message, to their name in the registration's."""


class Transforms:
    """Innermost first: a resource's own, then its parents' upwards, then the stack's.

    Source: pulumi/pulumi pkg/resource/deploy/source_eval.go, RegisterResource.
    """

    def __init__(self) -> None:
        self._of_stack: list[Any] = []
        self._of_resource: dict[str, list[Any]] = {}
        self._parent_of: dict[str, str] = {}
        self._channels: dict[str, grpc.Channel] = {}

    def add_to_stack(self, callback: Any) -> None:
        self._of_stack.append(callback)

    def remember(self, urn: str, request: Any) -> None:
        """The resource's transforms apply to what is registered below it from now on."""
        self._parent_of[urn] = request.parent
        if request.transforms:
            self._of_resource[urn] = list(request.transforms)

    def run(self, request: Any) -> None:
        """The request is as its transforms, and those of everything above it, make it."""
        for callback in self._applying_to(request):
            self._invoke(callback, request)

    def _applying_to(self, request: Any) -> list[Any]:
        callbacks = list(request.transforms)
        above = request.parent
        while above:
            callbacks += self._of_resource.get(above, [])
            above = self._parent_of.get(above, "")
        return callbacks + self._of_stack

    def _invoke(self, callback: Any, request: Any) -> None:
        asked = resource_pb2.TransformRequest(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            properties=request.object,
            options=_options_of(request),
        )
        channel = self._channels.setdefault(callback.target, grpc.insecure_channel(callback.target))
        call = callback_pb2.CallbackInvokeRequest(token=callback.token, request=asked.SerializeToString())
        try:
            answer = callback_pb2_grpc.CallbacksStub(channel).Invoke(call)
        except grpc.RpcError as error:
            raise ProgramError(f"A transform of {request.name!r} failed: {_reason(error)}") from error
        transformed = resource_pb2.TransformResponse.FromString(answer.response)
        if transformed.HasField("properties"):
            request.object.CopyFrom(transformed.properties)
        if transformed.HasField("options"):
            _set_options(request, transformed.options)


def _reason(error: grpc.RpcError) -> str:
    """What the program raised: the SDK sends it with its trace, and the token of the callback before it."""
    details = error.details() if isinstance(error, grpc.Call) else None
    return (details or str(error)).split(" error: ", 1)[-1].split(":\n", 1)[0]


def _options_of(request: Any) -> Any:
    options = resource_pb2.TransformResourceOptions()
    for option, field in _OPTIONS.items():
        _copy(request, field, options, option)
    return options


def _set_options(request: Any, options: Any) -> None:
    for option, field in _OPTIONS.items():
        request.ClearField(field)
        _copy(options, option, request, field)


def _copy(source: Any, source_field: str, target: Any, target_field: str) -> None:
    """One field's value, of whatever shape, from one message to another of the same type."""
    value = getattr(source, source_field)
    if hasattr(value, "MergeFrom"):
        present = source.HasField(source_field) if hasattr(value, "DESCRIPTOR") else bool(value)
        if present:
            getattr(target, target_field).MergeFrom(value)
    elif hasattr(value, "extend") or hasattr(value, "items"):
        destination = getattr(target, target_field)
        destination.update(value) if hasattr(value, "items") else destination.extend(value)
    elif source.DESCRIPTOR.fields_by_name[source_field].has_presence:
        if source.HasField(source_field):
            setattr(target, target_field, value)
    elif value:
        setattr(target, target_field, value)

"""The two services that Pulumi's SDK talks to, ResourceMonitor and Engine, in front of a `Deployment`.

The same object serves gRPC (program in a process of its own) and the SDK's settings directly (in-process, in
tests). Features that are not implemented are refused, most of them here and the rest by the SDK.
Source: pulumi/pulumi proto/pulumi/{resource,engine}.proto at v3.272.0.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from urllib.parse import unquote, urlparse

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, resource_pb2, resource_pb2_grpc

from engine import runner, wire
from engine.aliases import Aliases
from engine.deployment import Deployment
from engine.exceptions import EstateError, UnsupportedFeature
from engine.resource import Registration, Source
from engine.transforms import Transforms
from engine.urn import urn_for

__all__ = ["FEATURES", "Monitor"]

log = logging.getLogger(__name__)

FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
)
"""What is implemented."""

REFUSED_FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
)
"""What is not, and is advertised so that the refusal is the engine's: the SDK would say to update Pulumi's CLI."""

Answer = TypeVar("Answer")

_RUNNER = runner.__file__


class Monitor(resource_pb2_grpc.ResourceMonitorServicer, engine_pb2_grpc.EngineServicer):
    """Args: is_program: whether a file is the program's own, rather than of a library that it uses."""

    def __init__(self, deployment: Deployment, is_program: Callable[[str], bool]) -> None:
        self._deployment = deployment
        self._transforms = Transforms()
        self._aliases = Aliases(deployment.settings.stack, deployment.settings.project)
        self._is_program = is_program
        self.root_urn = ""

    # -- ResourceMonitor ---------------------------------------------------------------------------------

    def GetDeploymentInfo(self, request: Any, context: Any = None) -> Any:
        return resource_pb2.DeploymentInfo(supportedFeatures=FEATURES + REFUSED_FEATURES)

    def SupportsFeature(self, request: Any, context: Any = None) -> Any:
        names = {
            resource_pb2.ResourceMonitorFeature.Name(it).removeprefix("RESOURCE_MONITOR_FEATURE_")
            for it in FEATURES + REFUSED_FEATURES
        }
        asked = "".join(f"_{it}" if it.isupper() else it.upper() for it in request.id)
        return resource_pb2.SupportsFeatureResponse(hasSupport=asked in names)

    def SignalAndWaitForShutdown(self, request: Any, context: Any = None) -> Any:
        return empty_pb2.Empty()

    def RegisterStackTransform(self, request: Any, context: Any = None) -> Any:
        self._transforms.add_to_stack(request)
        return empty_pb2.Empty()

    def RegisterResource(self, request: Any, context: Any = None) -> Any:
        return self._answering(context, lambda: self._register(request))

    def RegisterResourceOutputs(self, request: Any, context: Any = None) -> Any:
        def answer() -> Any:
            self._deployment.register_outputs(request.urn, wire.decode(request.outputs))
            return empty_pb2.Empty()

        return self._answering(context, answer)

    def ReadResource(self, request: Any, context: Any = None) -> Any:
        def answer() -> Any:
            registration = Registration(
                urn=self._urn(request.parent, request.type, request.name),
                type=request.type,
                name=request.name,
                parent=request.parent,
                custom=True,
                inputs=wire.decode(request.properties),
                dependencies=tuple(sorted(request.dependencies)),
                provider=request.provider,
                additional_secret_outputs=tuple(sorted(request.additionalSecretOutputs)),
                trace=tuple(self._trace(request)),
            )
            read = self._deployment.read(registration, request.id)
            return resource_pb2.ReadResourceResponse(
                urn=read.urn, id=read.id, properties=wire.encode(read.outputs)
            )

        return self._answering(context, answer)

    def Invoke(self, request: Any, context: Any = None) -> Any:
        def answer() -> Any:
            result = self._deployment.invoke(request.tok, wire.decode(request.args), request.provider)
            return resource_pb2.ResourceInvokeResponse(**{"return": wire.encode(result)})  # type: ignore[arg-type]

        return self._answering(context, answer)

    def Call(self, request: Any, context: Any = None) -> Any:
        return self._refusing(context, f"methods of remote components ({request.tok})")

    def RegisterPackage(self, request: Any, context: Any = None) -> Any:
        return self._refusing(context, f"parameterised providers ({request.name})")

    def RegisterStackInvokeTransform(self, request: Any, context: Any = None) -> Any:
        return self._refusing(context, "transforms of functions")

    def RegisterResourceHook(self, request: Any, context: Any = None) -> Any:
        return self._refusing(context, "resource hooks")

    # -- Engine ------------------------------------------------------------------------------------------

    def Log(self, request: Any, context: Any = None) -> Any:
        level = {1: logging.INFO, 2: logging.WARNING, 3: logging.ERROR}.get(request.severity, logging.DEBUG)
        log.log(level, "%s%s", request.message, f" ({request.urn})" if request.urn else "")
        return empty_pb2.Empty()

    def GetRootResource(self, request: Any, context: Any = None) -> Any:
        return engine_pb2.GetRootResourceResponse(urn=self.root_urn)

    def SetRootResource(self, request: Any, context: Any = None) -> Any:
        self.root_urn = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(self, request: Any, context: Any = None) -> Any:
        return self._refusing(context, "pulumi.require_pulumi_version: there is no Pulumi CLI here")

    # -- from the wire -----------------------------------------------------------------------------------

    def _register(self, request: Any) -> Any:
        self._transforms.run(request)
        for wanted, feature in _REFUSED:
            if wanted(request):
                raise UnsupportedFeature(f"{request.name!r} wants {feature}, which this engine does not do.")
        registered = self._deployment.register(self._registration(request))
        self._transforms.remember(registered.urn, request)
        return resource_pb2.RegisterResourceResponse(
            urn=registered.urn, id=registered.id, object=wire.encode(registered.outputs)
        )

    def _registration(self, request: Any) -> Registration:
        urn = self._urn(request.parent, request.type, request.name)
        return Registration(
            urn=urn,
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=request.custom,
            inputs=wire.decode(request.object),
            dependencies=tuple(sorted(request.dependencies)),
            property_dependencies={
                key: tuple(sorted(each.urns)) for key, each in sorted(request.propertyDependencies.items())
            },
            provider=request.provider,
            aliases=self._aliases.of(urn, request),
            ignore_changes=tuple(request.ignoreChanges),
            replace_on_changes=tuple(request.replaceOnChanges),
            additional_secret_outputs=tuple(sorted(request.additionalSecretOutputs)),
            delete_before_replace=request.deleteBeforeReplace,
            protect=request.protect,
            retain_on_delete=request.retainOnDelete,
            trace=tuple(self._trace(request)),
        )

    def _urn(self, parent: str, type_token: str, name: str) -> str:
        settings = self._deployment.settings
        return urn_for(settings.stack, settings.project, parent, type_token, name)

    def _trace(self, request: Any) -> Iterator[Source]:
        for frame in request.stackTrace.frames:
            file = unquote(urlparse(frame.pc.uri).path)
            if file == _RUNNER:
                return  # who ran the program is no part of it
            if self._is_program(file):
                yield Source(file, frame.pc.line)

    # -- to the wire -------------------------------------------------------------------------------------

    def _answering(self, context: Any, answer: Callable[[], Answer]) -> Answer:
        try:
            return answer()
        except EstateError as error:
            self._deployment.fail(error)
            return self._abort(context, error)
        except Exception as error:  # a bug of ours: told as one, with its trace in the log
            log.exception("The engine failed")
            failure = EstateError(f"The engine failed: {type(error).__name__}: {error}")
            self._deployment.fail(failure)
            return self._abort(context, failure)

    def _abort(self, context: Any, error: EstateError) -> Any:
        if context is None:
            raise error
        return context.abort(grpc.StatusCode.UNKNOWN, str(error))

    def _refusing(self, context: Any, feature: str) -> Any:
        def refuse() -> None:
            raise UnsupportedFeature(f"The program wants {feature}, which this engine does not do.")

        return self._answering(context, refuse)


_REFUSED: tuple[tuple[Callable[[Any], bool], str], ...] = (
    (lambda request: request.remote, "a remote component"),
    (lambda request: bool(request.importId), "to import an existing resource (import_)"),
    (lambda request: bool(request.deletedWith), "the option deleted_with"),
    (lambda request: bool(request.replace_with), "the option replace_with"),
    (lambda request: bool(request.packageRef), "a parameterised provider"),
    (lambda request: bool(request.state_migrations), "state migrations"),
    (lambda request: request.type.startswith("pulumi-python:dynamic"), "a dynamic provider"),
)

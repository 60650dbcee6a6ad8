"""A service on Fargate that nobody reaches unless they are named."""

from components.private_service.alarms import ObjectivesArgs
from components.private_service.fast_step import FastStepArgs, StepArgs
from components.private_service.private_service import PrivateService, PrivateServiceArgs
from components.private_service.queue_scaling import QueueScalingArgs
from components.private_service.roles import GrantArgs
from components.private_service.scaling import ScalingArgs, ScheduleArgs
from components.private_service.security_group import EgressArgs
from components.private_service.service import MeshArgs, MeshTlsArgs
from components.private_service.target_group import ListenerArgs

__all__ = [
    "EgressArgs",
    "FastStepArgs",
    "GrantArgs",
    "ListenerArgs",
    "MeshArgs",
    "MeshTlsArgs",
    "ObjectivesArgs",
    "PrivateService",
    "PrivateServiceArgs",
    "QueueScalingArgs",
    "ScalingArgs",
    "ScheduleArgs",
    "StepArgs",
]

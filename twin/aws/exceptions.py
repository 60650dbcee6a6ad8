"""Errors of the handlers.

EstateError
├── EndpointRefused            an endpoint that is not on this machine
└── RetryableError
    └── ControlPlaneDown       nothing answers at the emulator's endpoint
PropertyNotHandled             internal: becomes a ResourceFailed that names the resource
"""

from engine.exceptions import EstateError, RetryableError

__all__ = ["ControlPlaneDown", "EndpointRefused", "PropertyNotHandled"]


class EndpointRefused(EstateError):
    """The handlers speak only to a control plane on this machine."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        super().__init__(
            f"The endpoint must be a loopback address, got {endpoint!r}. "
            "The twin never speaks to AWS: deploy there with Pulumi itself."
        )


class ControlPlaneDown(RetryableError):
    """The emulated control plane does not answer."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        super().__init__(
            f"The control plane at {endpoint} does not answer. Run 'estate up' to bring it back."
        )


class PropertyNotHandled(Exception):
    """A row of the table has no place for a property, so carrying on would drop it in silence."""

    def __init__(self, type_token: str, path: str, why: str = "is not handled") -> None:
        self.type_token, self.path = type_token, path
        super().__init__(
            f"property {path!r} of type {type_token} {why}. Add it to the type's row under twin/aws."
        )

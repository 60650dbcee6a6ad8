"""Errors of the engine, and the base class of every error that reaches a user as one sentence.

EstateError
├── UnsupportedFeature        the program asks for something the engine does not do
│   ├── UnsupportedResource   a resource type that no provider handles
│   └── UnsupportedFunction   a provider function that no provider answers
├── ProgramError              the Pulumi program itself failed
├── RegistrationError         a registration breaks a rule of the engine
├── MissingOutput             an output is read that the provider did not return
├── ResourceFailed            a provider could not carry out one operation
├── RetryableError            trying again may help
│   ├── StateLocked           another run holds the stack
│   └── StateUnwritable       the state could not be written; nothing is lost
└── StateCorrupt              the state on disk cannot be read
"""

__all__ = [
    "EstateError",
    "MissingOutput",
    "ProgramError",
    "RegistrationError",
    "ResourceFailed",
    "RetryableError",
    "StateCorrupt",
    "StateLocked",
    "StateUnwritable",
    "UnsupportedFeature",
    "UnsupportedFunction",
    "UnsupportedResource",
]


class EstateError(Exception):
    """Something a user can act on. The command line prints it as one sentence and exits with 2."""


class UnsupportedFeature(EstateError):
    """The program uses a feature of Pulumi that this engine does not implement."""


class UnsupportedResource(UnsupportedFeature):
    """No provider handles this resource type."""

    def __init__(self, type_token: str) -> None:
        self.type_token = type_token
        super().__init__(
            f"No handler for resource type {type_token!r}. "
            "Add one to the service's table under twin/aws, or leave the resource out of this environment."
        )


class UnsupportedFunction(UnsupportedFeature):
    """No provider answers this function."""

    def __init__(self, token: str) -> None:
        self.token = token
        super().__init__(f"No handler for function {token!r}. Add one to the service's table under twin/aws.")


class ProgramError(EstateError):
    """The Pulumi program ended with an error of its own."""


class RegistrationError(EstateError):
    """A resource was registered in a way that the engine, like Pulumi's, refuses."""


class MissingOutput(EstateError):
    """A resource's output is read, and its handler returns no such output."""


class ResourceFailed(EstateError):
    """One create, update, delete or read failed.

    Attributes:
        operation: create, update, delete or read.
        urn, reason: of which resource, and why.
        partial: something was made or changed before it failed; the step has to be taken up again.
    """

    def __init__(self, operation: str, urn: str, reason: str, partial: bool = False) -> None:
        self.operation, self.urn, self.reason, self.partial = operation, urn, reason, partial
        super().__init__(f"Could not {operation} {urn}: {reason}")


class RetryableError(EstateError):
    """The same call may succeed later, with nothing changed by hand."""


class StateLocked(RetryableError):
    """Another run holds the lock of this environment."""


class StateUnwritable(RetryableError):
    """The state could not be written. What was done is in the journal's intents and is taken up again."""


class StateCorrupt(EstateError):
    """The state on disk is not what the engine writes."""

"""Errors of the command line.

EstateError
├── UnknownEnvironment   (catalogue.CatalogueError is shown as it is)
├── NotConfirmed         something other than a twin would change, and nobody said yes
├── NotUp                the command needs an environment that is up
├── NotHealthy           it was provisioned, and does not become healthy
├── OtherClock           what runs has other waiting times than were asked for
├── NothingLogged        there is no log of that name
├── OnTwinsOnly          on AWS something else tells it
├── ToolMissing          a program or a credential that AWS needs is not there
└── DeploymentFailed     Pulumi ended with an error
"""

from engine.exceptions import EstateError

__all__ = [
    "DeploymentFailed",
    "NotConfirmed",
    "NotHealthy",
    "NotUp",
    "NothingLogged",
    "OnTwinsOnly",
    "OtherClock",
    "ToolMissing",
]


class NotConfirmed(EstateError):
    """What would change was shown, and not confirmed."""


class NotUp(EstateError):
    """The environment is not up."""


class NotHealthy(EstateError):
    """What was provisioned does not become healthy within its deadline; the message says what is not well."""


class OtherClock(EstateError):
    """Waiting times are those with which the twin was started; the message says how to have others."""


class NothingLogged(EstateError):
    """Nobody has written such a log; the message names those that there are."""


class OnTwinsOnly(EstateError):
    """The command asks a twin; the message says what tells it on AWS."""

    def __init__(self, command: str, environment: str, instead: str) -> None:
        super().__init__(f"`estate {command}` asks a twin, and {environment!r} is on AWS. {instead}")


class ToolMissing(EstateError):
    """A program or a credential is missing; the message says how to get it."""


class DeploymentFailed(EstateError):
    """Pulumi, asked to deploy to AWS, ended with an error."""

"""What must be there before Pulumi is asked for anything, and what to install or set where it is not."""

import importlib.metadata
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import boto3.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from catalogue import Environment
from estate.exceptions import ToolMissing

__all__ = ["Check", "Machine", "Surroundings", "check", "require"]

_ENDPOINT = "AWS_ENDPOINT_URL"
_CREDENTIALS_FIX = (
    "Log in to the environment's account, for example with 'aws sso login', and set AWS_PROFILE; "
    "in a workflow, take the environment's role by OIDC (docs/deploying.md)."
)


@dataclass(frozen=True)
class Check:
    """Attributes: detail: what was found; fix: what to do, empty where nothing is to be done."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


class Surroundings(Protocol):
    """This shell and its tools."""

    @property
    def variables(self) -> Mapping[str, str]: ...

    def cli_version(self) -> str | None:
        """The version of the Pulumi CLI on PATH; None where there is none."""
        ...

    def backend(self) -> str:
        """Where Pulumi keeps its state. Raises: LookupError with Pulumi's reason."""
        ...

    def account_id(self, region: str) -> str:
        """Whose credentials these are. Raises: LookupError with the reason."""
        ...


class Machine:
    """The surroundings as they are. Args: root: the folder of Pulumi.yaml."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def variables(self) -> Mapping[str, str]:
        return os.environ

    def cli_version(self) -> str | None:
        from pulumi import automation

        try:
            version = automation.PulumiCommand(skip_version_check=True).version
        except (OSError, ValueError, automation.InvalidVersionError):
            return None
        return str(version) if version else None

    def backend(self) -> str:
        from pulumi import automation
        from pulumi.automation.errors import CommandError

        from estate.deployer.automation import reason_of

        try:
            answer = automation.LocalWorkspace(work_dir=str(self._root)).who_am_i()
        except CommandError as error:
            raise LookupError(reason_of(error)) from error
        return answer.url or answer.user

    def account_id(self, region: str) -> str:
        config = Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 1})
        try:
            client: Any = boto3.session.Session().client("sts", region_name=region, config=config)
            return client.get_caller_identity()["Account"]
        except (BotoCoreError, ClientError) as error:
            raise LookupError(str(error).rstrip(".")) from error


def check(environment: Environment, surroundings: Surroundings) -> list[Check]:
    """Every prerequisite of a deployment to AWS, in the order in which to mend them. Changes nothing."""
    return [rule(environment, surroundings) for rule in _RULES]


def require(environment: Environment, surroundings: Surroundings) -> None:
    """Raises: ToolMissing, with everything that is missing and how to get it."""
    failed = [each for each in check(environment, surroundings) if not each.ok]
    if failed:
        lines = "".join(f"\n  {each.name}: {each.detail}. {each.fix}" for each in failed)
        raise ToolMissing(
            f"{environment.name!r} cannot be reached from here, and nothing was touched.{lines}"
        )


def _no_placeholders(environment: Environment, surroundings: Surroundings) -> Check:
    """Placeholders are written so that they cannot be real: RFC 2606 keeps `.example`, no account repeats one digit."""
    name = "catalogue values"
    placeholders = [
        value
        for value, is_placeholder in (
            (environment.account_id, len(set(environment.account_id)) == 1),
            (environment.domain_name, environment.domain_name.endswith(".example")),
        )
        if is_placeholder
    ]
    if not placeholders:
        return Check(name, True, f"account {environment.account_id}, {environment.domain_name}")
    return Check(
        name,
        False,
        f"{environment.name} still has placeholders: {', '.join(placeholders)}",
        "Put the environment's own account id and domain name into catalogue/environments.yaml, "
        "then run 'python -m stacks.configuration'.",
    )


def _endpoint(environment: Environment, surroundings: Surroundings) -> Check:
    name = "AWS endpoint"
    diverted = _diversions(surroundings)
    if not diverted:
        return Check(name, True, "AWS's own")
    return Check(
        name,
        False,
        f"{', '.join(diverted)} leads this shell to something else than AWS, as a twin's exports do",
        f"Open a new shell, or unset {' '.join(diverted)} and the credentials that were exported with it.",
    )


def _cli(environment: Environment, surroundings: Surroundings) -> Check:
    name = "Pulumi CLI"
    needed = importlib.metadata.version("pulumi")
    fix = f"Install the Pulumi CLI, version {needed} or later of major version 3, and have it on PATH."
    found = surroundings.cli_version()
    if found is None:
        return Check(name, False, "there is no 'pulumi' on PATH", fix)
    if not _is_compatible(found, needed):
        return Check(name, False, f"version {found} is on PATH, and the program's SDK is {needed}", fix)
    return Check(name, True, f"version {found}")


def _backend(environment: Environment, surroundings: Surroundings) -> Check:
    name = "Pulumi backend"
    fix = (
        "Set PULUMI_BACKEND_URL to the state bucket that bootstrap/ made "
        "('pulumi stack output backend_url' there), or log in with 'pulumi login'."
    )
    if surroundings.cli_version() is None:
        return Check(name, False, "it was not asked, for want of the CLI", fix)
    try:
        return Check(name, True, surroundings.backend())
    except LookupError as error:
        return Check(name, False, str(error).rstrip("."), fix)


def _account(environment: Environment, surroundings: Surroundings) -> Check:
    name = "AWS account"
    if _diversions(surroundings):
        return Check(
            name, False, "it was not asked, for the endpoint is not AWS's", "Mend the endpoint first."
        )
    try:
        found = surroundings.account_id(environment.primary.name)
    except LookupError as error:
        return Check(name, False, f"there are no credentials that AWS accepts: {error}", _CREDENTIALS_FIX)
    if found != environment.account_id:
        detail = (
            f"these credentials are of account {found}, and {environment.name} is {environment.account_id}"
        )
        return Check(name, False, detail, _CREDENTIALS_FIX)
    return Check(name, True, found)


_RULES: Sequence[Callable[[Environment, Surroundings], Check]] = (
    _no_placeholders,
    _endpoint,
    _cli,
    _backend,
    _account,
)


def _diversions(surroundings: Surroundings) -> list[str]:
    """Variables that lead requests elsewhere, for all services or for one (AWS SDKs reference guide)."""
    return sorted(
        name for name, value in surroundings.variables.items() if name.startswith(_ENDPOINT) and value
    )


def _is_compatible(found: str, needed: str) -> bool:
    return _numbers(found)[0] == _numbers(needed)[0] and _numbers(found) >= _numbers(needed)


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a semantic version, without what follows them."""
    return tuple(int(part) for part in version.partition("-")[0].partition("+")[0].split("."))

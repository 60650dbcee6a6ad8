"""Where load may go: to an environment's own addresses, and nowhere else."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from catalogue import Environment, Kind
from load_tests.exceptions import TargetRefused

__all__ = ["target"]


def target(environment: Environment, named: str | None, wanted: str | None = None) -> str:
    """The URL that load goes to: the one that is wanted, where it is the environment's, or else the environment's own.

    Args: named: where people come in, as `estate env` names it for a twin.

    Raises: TargetRefused
    """
    if environment.kind is Kind.AWS:
        return _checked(environment, wanted or f"https://{environment.domain_name}", None)
    if not named:
        raise TargetRefused(
            f"Where people come into {environment.name!r} is not known. Start it with 'estate up {environment.name}', "
            f'then eval "$(estate env {environment.name})".'
        )
    return _checked(environment, wanted or named, named)


def _checked(environment: Environment, url: str, named: str | None) -> str:
    origin = urlsplit(url)
    if origin.scheme not in ("http", "https") or not origin.hostname or origin.query or "@" in origin.netloc:
        raise TargetRefused(
            f"A target is http://HOST[:PORT] or https://HOST, got {url!r}. `estate env` names it."
        )
    if named is None:
        _check_aws(environment, origin.scheme, origin.hostname)
    else:
        _check_twin(environment, origin, urlsplit(named))
    return url.rstrip("/")


def _check_twin(environment: Environment, origin: SplitResult, named: SplitResult) -> None:
    if not _is_loopback(origin.hostname or ""):
        raise TargetRefused(
            f"{environment.name!r} is a twin on this machine, so load goes to its loopback addresses only, got "
            f"{origin.hostname!r}. `estate env {environment.name}` names the edge."
        )
    if origin.netloc != named.netloc:
        raise TargetRefused(
            f"People come into {environment.name!r} at {named.netloc}, so load goes there only, got {origin.netloc!r}. "
            f"`estate env {environment.name}` names the edge."
        )


def _check_aws(environment: Environment, scheme: str, host: str) -> None:
    if not environment.fault_injection:
        raise TargetRefused(
            f"{environment.name!r} is not to be experimented on (fault_injection: false in environments.yaml), and a "
            "launch makes up people who apply and are paid. Rehearse it in another environment."
        )
    own = environment.domain_name
    if scheme != "https" or not (host == own or host.endswith(f".{own}")):
        raise TargetRefused(
            f"Load on {environment.name!r} goes to https://{own} and names below it, got {scheme}://{host}. Choose "
            "another environment, or leave the address out."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

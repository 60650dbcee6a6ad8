"""Whether people are served where they come in."""

import httpx

from runbooks.step import Scene

__all__ = ["not_served"]

_TIMEOUT_SECONDS = 10.0


def not_served(scene: Scene) -> str | None:
    """What the edge answers, where that is not its page. Raises: httpx.HTTPError"""
    with httpx.Client(timeout=_TIMEOUT_SECONDS, trust_env=False, transport=scene.around.transport) as client:
        answer = client.get(f"{scene.around.edge}/benefits")
    return None if answer.is_success else f"{answer.url} answers {answer.status_code}."

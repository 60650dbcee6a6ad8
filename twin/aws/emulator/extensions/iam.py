"""IAM: the audiences of an OpenID Connect provider can be changed, and roles be made while others are looked for."""

from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/IAM/latest/APIReference/"


def _provider(context: Context) -> Any:
    from moto.iam.models import iam_backends

    arn = context.call.parameters["OpenIDConnectProviderArn"]
    backend: Any = iam_backends[context.call.account]["aws"]
    provider = backend.open_id_providers.get(arn)
    if provider is None:
        raise AwsError("NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}", "404 Not Found")
    return provider


def _add(context: Context) -> Document:
    """The audience is among the provider's, once however often it is added."""
    provider, audience = _provider(context), context.call.parameters["ClientID"]
    provider.client_id_list = list(dict.fromkeys([*provider.client_id_list, audience]))
    return {}


def _remove(context: Context) -> Document:
    provider, audience = _provider(context), context.call.parameters["ClientID"]
    provider.client_id_list = [it for it in provider.client_id_list if it != audience]
    return {}


def _looking_for_roles() -> None:
    from moto.iam.models import IAMBackend, Role

    def get_roles(self: IAMBackend) -> list[Role]:
        return list(self.roles.values())

    IAMBackend.get_roles = get_roles  # type: ignore[method-assign]


EXTENSIONS = (
    Extension(
        service="iam",
        topic="roles that are made at the same time",
        stock="fails to find a role while another is made",
        aws="finds it",
        change="looks through the roles that were there when the look began",
        source=_API + "API_GetRole.html",
        patch=_looking_for_roles,
    ),
    Extension(
        service="iam",
        topic="audiences of an identity provider",
        stock="takes them at creation only",
        aws="adds and removes them",
        change="changes moto's provider",
        source=_API + "API_AddClientIDToOpenIDConnectProvider.html",
        operations={
            "AddClientIDToOpenIDConnectProvider": _add,
            "RemoveClientIDFromOpenIDConnectProvider": _remove,
        },
    ),
)

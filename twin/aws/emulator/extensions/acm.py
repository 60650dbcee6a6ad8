"""Certificate Manager: a certificate's options can be changed."""

from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/acm/latest/APIReference/"


def _update_options(context: Context) -> Document:
    from moto.acm.models import acm_backends

    call = context.call
    backend: Any = acm_backends[call.account][call.region]
    arn = call.parameters["CertificateArn"]
    certificate = backend._certificates.get(arn)
    if certificate is None:
        message = f"Certificate with arn {arn} not found in account {call.account}"
        raise AwsError("ResourceNotFoundException", message)
    certificate.cert_options = {**certificate.cert_options, **call.parameters["Options"]}
    return {}


EXTENSIONS = (
    Extension(
        service="acm",
        topic="options of a certificate",
        stock="takes them at creation only",
        aws="changes whether a certificate is in the transparency log",
        change="changes moto's certificate",
        source=_API + "API_UpdateCertificateOptions.html",
        operations={"UpdateCertificateOptions": _update_options},
    ),
)

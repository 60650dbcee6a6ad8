"""A model of moto's as the document in which its service would describe it."""

from moto.core.serialize import XFormedAttributePicker, get_serializer_class

from twin.aws.emulator.answer import complete
from twin.aws.emulator.call import Call, Document

__all__ = ["described"]


def described(call: Call, member: str, model: object) -> Document:
    """The answer to the call whose one member is the model, as a client reads it."""
    serializer = get_serializer_class(call.service, call.protocol)(
        call.operation, value_picker=XFormedAttributePicker()
    )
    serialized = serializer.serialize({member: model})
    headers = [(str(name), str(value)) for name, value in serialized["headers"].items()]
    body = serialized["body"]
    return call.document(complete("200 OK", headers, body.encode() if isinstance(body, str) else body))

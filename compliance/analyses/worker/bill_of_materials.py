"""Runs in the environment of the tools: bills of materials as CycloneDX 1.6, valid by CycloneDX's own schema.
Imports cyclonedx and the standard library alone.

In: a list of ``{"subject": component, "serial": uuid, "made_at": ISO 8601, "tool": {name, version}, "components":
[component]}`` with a component ``{name, version, type, purl, licence, hashes, inside: [component], properties: {name:
value}}``. Out: a list of documents, as text. Exit code 3, with the reason, where one is not valid.
"""

# The environment of the tools is another than the type checker's.
# pyright: reportMissingImports=false

import json
import sys
from datetime import datetime
from uuid import UUID

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.tool import Tool
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

__all__ = ["main"]

_NOT_VALID = 3
_LICENCES = LicenseFactory()


def _component(it, ref):
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in it.get("hashes", ())]
    archives = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(it.get("purl") or it["name"]),
        comment="Archives of which one is installed, by the lock file",
        hashes=hashes,
    )
    return Component(
        name=it["name"],
        version=it.get("version") or None,
        type=ComponentType(it.get("type", "library")),
        bom_ref=ref,
        purl=PackageURL.from_string(it["purl"]) if it.get("purl") else None,
        licenses=[_LICENCES.make_from_string(it["licence"])] if it.get("licence") else (),
        external_references=[archives] if hashes else (),
        properties=[Property(name=name, value=value) for name, value in it.get("properties", {}).items()],
        components=[
            _component(inner, f"{ref}#{number}") for number, inner in enumerate(it.get("inside", ()))
        ],
    )


def _bill(given):
    bom = Bom(serial_number=UUID(given["serial"]))
    subject = _component(given["subject"], "subject")
    bom.metadata.component = subject
    bom.metadata.timestamp = datetime.fromisoformat(given["made_at"])
    bom.metadata.tools.tools.add(Tool(name=given["tool"]["name"], version=given["tool"]["version"]))
    for number, it in enumerate(given["components"]):
        component = _component(it, it.get("purl") or f"component-{number}")
        bom.components.add(component)
        bom.register_dependency(subject, [component])
    return bom


def main():
    """The documents are on standard output."""
    texts = [JsonV1Dot6(_bill(given)).output_as_string(indent=1) for given in json.load(sys.stdin)]
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    for text in texts:
        if wrong := validator.validate_str(text):
            print(f"The document is not valid CycloneDX 1.6: {wrong}", file=sys.stderr)
            sys.exit(_NOT_VALID)
    json.dump(texts, sys.stdout)


if __name__ == "__main__":
    main()

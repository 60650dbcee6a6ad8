"""Errors of compliance.

EstateError
├── ScannerMissing    Checkov's environment is not there
├── ScannerFailed     Checkov's process ended before it answered
├── WaiversInvalid    the register of waivers breaks its rules
├── ManifestInvalid   the manifest of checks is not there, or is none
├── CanariesInvalid   a canary or an example of a policy is not written as it must be
└── BridgeError       the program's resources cannot all be shown to the scanner
    ├── UnmappedType      a resource whose Terraform type is not known
    ├── UnmappedProperty  a property whose Terraform attribute is not known
    └── UnknownAnswer     the program asks AWS something that only AWS can answer
"""

from collections.abc import Sequence
from pathlib import Path

from engine.exceptions import EstateError

__all__ = [
    "BridgeError",
    "CanariesInvalid",
    "ManifestInvalid",
    "ScannerFailed",
    "ScannerMissing",
    "UnknownAnswer",
    "UnmappedProperty",
    "UnmappedType",
    "WaiversInvalid",
]


class ScannerMissing(EstateError):
    """Checkov's environment is not there."""

    def __init__(self, python: Path) -> None:
        self.python = python
        super().__init__(f"Checkov is not installed: there is no {python}. Run 'make setup' first.")


class ScannerFailed(EstateError):
    """Checkov's process ended before it answered."""

    def __init__(self, code: int, said: str) -> None:
        self.code, self.said = code, said
        super().__init__(
            f"Checkov's process ended with status {code} before it answered, so nothing was judged. "
            f"It said: {said or 'nothing'}"
        )


class WaiversInvalid(EstateError):
    """The register of waivers breaks its rules; every mistake is named."""

    def __init__(self, file: Path, mistakes: Sequence[str]) -> None:
        self.file, self.mistakes = file, tuple(mistakes)
        super().__init__(f"{file} cannot be used: {'; '.join(mistakes)}.")


class CanariesInvalid(EstateError):
    """A canary, or an example of a policy, is not written as it must be."""

    def __init__(self, file: Path, mistake: str) -> None:
        self.file = file
        super().__init__(f"{file} cannot be used: {mistake}.")


class ManifestInvalid(EstateError):
    """The manifest of checks cannot be read, so nobody knows what must have run."""

    def __init__(self, file: Path, error: Exception) -> None:
        self.file = file
        super().__init__(
            f"{file} cannot be used: {type(error).__name__}: {error}. "
            "Restore it, or write it anew with 'python -m compliance.gate.manifest'."
        )


class BridgeError(EstateError):
    """The program's resources cannot all be shown to the scanner."""


class UnmappedType(BridgeError):
    """A resource that would be left out of the scan."""

    def __init__(self, type_token: str, urn: str) -> None:
        self.type_token, self.urn = type_token, urn
        super().__init__(
            f"{urn} has the type {type_token!r}, whose name in Terraform is not known, so no check would see it. "
            "Generate compliance/names/table.txt anew if pulumi_aws was upgraded; types of other packages "
            "than pulumi_aws cannot be scanned."
        )


class UnmappedProperty(BridgeError):
    """A property that would be left out of the scan."""

    def __init__(self, urn: str, path: str, problem: str = "") -> None:
        self.urn, self.path = urn, path
        super().__init__(
            f"{urn} has the property {path!r}, {problem or 'whose name in Terraform is not known'}, so no check "
            "would see it. Correct its spelling in the program; if it is right, generate "
            "compliance/names/table.txt anew or add it to compliance/names/overrides.yaml."
        )


class UnknownAnswer(BridgeError):
    """The program depends on what AWS would answer."""

    def __init__(self, token: str) -> None:
        self.token = token
        super().__init__(
            f"The program calls {token!r}, and only AWS knows the answer, so what it declares cannot be told here. "
            "Take the value from the stack's configuration instead, or scan the program with it given there."
        )

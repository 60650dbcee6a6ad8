"""What the project keeps about licences: which it accepts, and what is inside wheels that their metadata conceals."""

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from compliance.analyses.exceptions import RegisterWrong

__all__ = ["REGISTER", "BundledEntry", "DeclaredEntry", "LicenceRegister", "Proof", "load_licences"]

REGISTER = Path(__file__).with_name("licences.yaml")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Proof(_Entry):
    """Bytes that stand in a file of the wheel. Attributes: file: a glob, relative to the wheel's own folder."""

    file: str
    text: str


class BundledEntry(_Entry):
    """Something of others in a wheel. Attributes: source: where its licence is said."""

    name: str
    licence: str
    proof: Proof
    source: str


class DeclaredEntry(_Entry):
    """The licence of a package whose metadata does not say it in SPDX's words."""

    licence: str
    source: str


class LicenceRegister(_Entry):
    """Attributes: own_code: packages whose machine code holds nothing of others; bundled: by package."""

    accepted: tuple[str, ...]
    spellings: Mapping[str, str]
    declared: Mapping[str, DeclaredEntry]
    own_code: tuple[str, ...]
    bundled: Mapping[str, tuple[BundledEntry, ...]]

    def expression(self, package: str, declared: str) -> str:
        """In SPDX's words, where they are known; otherwise as declared. Args: package: its canonical name."""
        if package in self.declared:
            return self.declared[package].licence
        return self.spellings.get(declared, declared)


def load_licences(path: Path = REGISTER) -> LicenceRegister:
    """Raises: RegisterWrong."""
    try:
        return LicenceRegister.model_validate(yaml.safe_load(path.read_text()))
    except (OSError, yaml.YAMLError) as error:
        raise RegisterWrong(f"{path} is not a register of licences: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(it) for it in first["loc"])
        raise RegisterWrong(f"{path}: {where}: {first['msg']}.") from None

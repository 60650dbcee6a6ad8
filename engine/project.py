"""A Pulumi project on disk: `Pulumi.yaml`, its program, and the configuration of its stacks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from engine.exceptions import EstateError, UnsupportedFeature

__all__ = ["Project", "ProjectNotFound"]


class ProjectNotFound(EstateError):
    """There is no readable Pulumi project where one was named."""


@dataclass(frozen=True)
class Project:
    """Attributes: root (the folder of Pulumi.yaml), name, program (file or folder that Python runs), config_folder."""

    root: Path
    name: str
    program: Path
    config_folder: Path

    @classmethod
    def load(cls, root: Path) -> "Project":
        """Raises: ProjectNotFound: no Pulumi.yaml, not a Python project, or nothing to run."""
        file = root / "Pulumi.yaml"
        try:
            document = yaml.safe_load(file.read_text())
        except FileNotFoundError:
            raise ProjectNotFound(
                f"There is no Pulumi.yaml in {str(root)!r}. Name the folder of a Pulumi project."
            ) from None
        except yaml.YAMLError as error:
            raise ProjectNotFound(f"{str(file)!r} is not YAML: {error}") from error
        runtime = document.get("runtime")
        if (runtime["name"] if isinstance(runtime, dict) else runtime) != "python":
            raise ProjectNotFound(
                f"{str(file)!r} has the runtime {runtime!r}. Only programs in Python can be evaluated."
            )
        program = root / document.get("main", ".")
        if not program.exists():
            raise ProjectNotFound(f"{str(file)!r} names the program {str(program)!r}, which is not there.")
        return cls(
            root=root,
            name=document["name"],
            program=program,
            config_folder=root / document.get("stackConfigDir", "."),
        )

    def config(self, stack: str) -> Mapping[str, str]:
        """The stack's configuration, as the SDK gets it: full keys, values as text.

        Raises: UnsupportedFeature: an encrypted value; without Pulumi's CLI there is no key for it.
        """
        file = self.config_folder / f"Pulumi.{stack}.yaml"
        document: dict[str, Any] = yaml.safe_load(file.read_text()) or {} if file.exists() else {}
        return {key: self._text(file, key, value) for key, value in document.get("config", {}).items()}

    def stacks(self) -> list[str]:
        """The stacks that have a configuration file."""
        files = self.config_folder.glob("Pulumi.*.yaml")
        return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)

    @staticmethod
    def _text(file: Path, key: str, value: Any) -> str:
        if isinstance(value, dict) and "secure" in value:
            raise UnsupportedFeature(
                f"{key} in {str(file)!r} is encrypted, and this engine has no key for it. "
                "Keep secrets in Secrets Manager and configuration free of them."
            )
        return value if isinstance(value, str) else json.dumps(value)

"""What the public may ask of the workload, as one OpenAPI document."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compliance.analyses.exceptions import InputWrong

__all__ = ["PATHS_OF_CELLS", "PUBLIC_ROLES", "public_document"]

PUBLIC_ROLES = ("portal", "cell")
"""Roles to which the edge leads: the portal, and below a benefit's path its cell."""

PATHS_OF_CELLS = "/benefits/{slug}/"


def public_document(root: Path) -> Mapping[str, Any]:
    """What the public may ask: the documents of the roles that the edge leads to, as one."""
    portal, cell = (_of_role(root, role) for role in PUBLIC_ROLES)
    of_benefits = {path: item for path, item in cell["paths"].items() if path.startswith(PATHS_OF_CELLS)}
    return {**portal, "paths": {**portal["paths"], **of_benefits}}


def _of_role(root: Path, role: str) -> Mapping[str, Any]:
    """Raises: InputWrong: the project has no workload that describes itself."""
    command = [sys.executable, "-m", "workload.openapi", role]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InputWrong(
            f"{root} has no workload with a role {role!r} that describes itself. Give its document."
        )
    return json.loads(done.stdout)

"""Plain Checkov over an estate that is written in Terraform's language, with nothing of this project's."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from compliance.scanner import ENVIRONMENT

__all__ = ["checkov"]

HERE = Path(__file__).parent
DEADLINE_SECONDS = 600


def checkov() -> dict[str, Any]:
    """The document that ``checkov --directory`` prints for main.tf beside this file."""
    command = [str(ENVIRONMENT / "bin" / "checkov"), "--directory", str(HERE), "--framework", "terraform"]
    options = ["--output", "json", "--skip-download", "--soft-fail"]
    surroundings = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "LOG_LEVEL": "ERROR"}
    done = subprocess.run(
        [*command, *options],
        capture_output=True,
        text=True,
        env=surroundings,
        timeout=DEADLINE_SECONDS,
        check=True,
    )
    return json.loads(done.stdout)

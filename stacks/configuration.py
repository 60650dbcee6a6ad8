"""Writes each stack's configuration file from the catalogue: `python -m stacks.configuration`.

Pulumi wants the region and account of a stack in `Pulumi.<stack>.yaml`. The catalogue knows both, so the files are
written, committed so that plain `pulumi up -s services-prod` works, and a test says when they are out of date.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from catalogue import Catalogue, load_catalogue
from stacks.names import deployment_order

__all__ = ["configuration_files", "encryption_of", "main"]

FOLDER = Path(__file__).parent / "config"


def configuration_files(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """File name and text for every stack of every environment."""
    for environment in catalogue.environments.values():
        for stack in deployment_order(environment.name, environment.standby is not None):
            region = environment.standby if stack.is_standby and environment.standby else environment.primary
            accounts = json.dumps([environment.account_id])
            yield (
                f"Pulumi.{stack}.yaml",
                f"config:\n  aws:region: {region.name}\n  aws:allowedAccountIds: {accounts}\n",
            )


def main() -> None:
    """The folder holds these files and no others."""
    wanted = dict(configuration_files(load_catalogue()))
    for file in FOLDER.glob("Pulumi.*.yaml"):
        if file.name not in wanted:
            file.unlink()
    for name, text in wanted.items():
        file = FOLDER / name
        file.write_text(encryption_of(file) + text)


def encryption_of(file: Path) -> str:
    """What Pulumi itself wrote into the file when it made the stack: how the stack's secrets are encrypted."""
    lines = file.read_text().splitlines(keepends=True) if file.exists() else []
    return "".join(line for line in lines if line.startswith(("secretsprovider:", "encryptedkey:")))


if __name__ == "__main__":
    main()

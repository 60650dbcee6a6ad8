"""Clients for an environment's AWS API: the emulator's for a twin, whatever the shell names for AWS."""

from typing import Any

from catalogue import Estate
from catalogue.environment import Kind

__all__ = ["EMULATOR_CREDENTIALS", "Clients"]

EMULATOR_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "twin", "AWS_SECRET_ACCESS_KEY": "twin"}
"""The emulator accepts any; these cannot be mistaken for somebody's."""


class Clients:
    """Args: endpoint: where a twin's emulator answers; not used for AWS."""

    def __init__(self, estate: Estate, endpoint: str | None) -> None:
        # Imported late: whoever only wants the credentials need not wait for it.
        from boto3.session import Session
        from botocore.config import Config

        is_twin = estate.environment.kind is Kind.TWIN
        self._session = Session(
            aws_access_key_id=EMULATOR_CREDENTIALS["AWS_ACCESS_KEY_ID"] if is_twin else None,
            aws_secret_access_key=EMULATOR_CREDENTIALS["AWS_SECRET_ACCESS_KEY"] if is_twin else None,
        )
        self._endpoint = endpoint if is_twin else None
        self._config = Config(connect_timeout=2, read_timeout=20, retries={"max_attempts": 2})

    def of(self, service: str, region: str) -> Any:
        return self._session.client(
            service,  # type: ignore[call-overload]
            region_name=region,
            endpoint_url=self._endpoint,
            config=self._config,
        )

"""Which of moto's services a request is for."""

from typing import Any

import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from twin.aws.emulator.aws import Dispatcher

HOST = "sns.eu-west-2.amazonaws.com"


def test_a_hosts_service_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto lists a folder and tries some two hundred patterns each time."""
    looked: list[str | None] = []
    stock = DomainDispatcherApplication.get_backend_for_host

    def look(self: DomainDispatcherApplication, host: str | None) -> Any:
        looked.append(host)
        return stock(self, host)

    monkeypatch.setattr(DomainDispatcherApplication, "get_backend_for_host", look)
    dispatcher = Dispatcher(lambda service: service)
    assert [dispatcher.get_backend_for_host(HOST) for _ in range(3)] == ["sns"] * 3
    assert looked == [HOST]


def test_a_host_of_no_service_is_none_and_is_looked_for_again() -> None:
    dispatcher = Dispatcher(lambda service: service)
    assert [dispatcher.get_backend_for_host(host) for host in (None, "example.com", "example.com")] == [
        None
    ] * 3

"""Where the clients of a store log in: carries out what a conversation says, and has somebody judge."""

import asyncio
from collections.abc import Awaitable, Callable

from twin.runtime.relay.login import Answer, Ask, Conversation, Forward, Step
from twin.runtime.relay.postgres_login import PostgresLogin
from twin.runtime.relay.route import LoginRule
from twin.runtime.relay.valkey_login import ValkeyLogin

__all__ = ["Desk", "Judge", "conversation"]

Judge = Callable[[str, str], Awaitable[bool]]
"""Whether a user may come in with a token."""

Give = Callable[[bytes | None], None]


def conversation(rule: LoginRule) -> Conversation:
    made = PostgresLogin if rule.kind == "database" else ValkeyLogin
    return made(rule.without_token)


class Desk:
    """One connection's. Bytes that come while a verdict is awaited wait with it; so does the end of the stream."""

    def __init__(self, login: Conversation, judge: Judge) -> None:
        self._login, self._judge = login, judge
        self._waiting: list[bytes | None] = []
        self._judging: asyncio.Task[None] | None = None
        self._to_store: Give = _nowhere
        self._to_client: Give = _nowhere
        self._has_hung_up = False

    def open(self, to_store: Give, to_client: Give) -> None:
        """Bytes go there from now on; None is the end of a stream."""
        self._to_store, self._to_client = to_store, to_client

    def close(self) -> None:
        """Nobody waits for a verdict any more."""
        if self._judging:
            self._judging.cancel()

    def take(self, data: bytes | None) -> None:
        """What the client sent has arrived."""
        if self._has_hung_up:
            return
        if self._judging:
            self._waiting.append(data)
        elif data is None or self._login.is_over:
            self._to_store(data)
        else:
            self._carry_out(self._login.take(data))

    def _carry_out(self, steps: list[Step]) -> None:
        for step in steps:
            match step:
                case Forward(data):
                    self._to_store(data)
                case Answer(data):
                    self._to_client(data)
                case Ask(user, token):
                    self._judging = asyncio.create_task(self._ask(user, token))
                case _:
                    self._hang_up()

    def _hang_up(self) -> None:
        """Both streams end, as when a store closes a connection."""
        self._has_hung_up = True
        self._to_client(None)
        self._to_store(None)

    async def _ask(self, user: str, token: str) -> None:
        is_admitted = await self._judge(user, token)
        self._judging = None
        self._carry_out(self._login.judged(is_admitted=is_admitted))
        waiting, self._waiting = self._waiting, []
        for data in waiting:
            self.take(data)


def _nowhere(data: bytes | None) -> None:
    raise AssertionError("the desk is not open")

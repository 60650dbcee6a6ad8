"""The relay of one zone: ``python -m twin.runtime.relay ADDRESS``, told its routes by lines on its input.

Each line is answered by one on its output: ``{"number": of the message, "failed": {name: why}}``.
"""

import asyncio
import json
import sys

import uvloop

from twin.runtime.relay.route import from_line
from twin.runtime.relay.server import Relay

__all__: list[str] = []

_LONGEST_LINE = 1 << 22


async def _serve(address: str) -> None:
    lines = asyncio.StreamReader(limit=_LONGEST_LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    relay = Relay(address)
    while line := await lines.readline():
        number, routes = from_line(line)
        failed = await relay.apply(routes)
        sys.stdout.write(json.dumps({"number": number, "failed": dict(failed)}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1]))

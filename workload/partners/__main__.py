"""`python -m workload.partners --host A --port P --folder F`: the partners, until the process is ended."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from workload.partners.app import create_app

__all__ = ["main"]

STOP_SECONDS = 5
"""For calls in progress, once the process is asked to end."""


def main(arguments: Sequence[str] | None = None) -> None:
    """The partners have served until the process was asked to end."""
    options = _parser().parse_args(arguments)
    uvicorn.run(
        create_app(options.folder, options.settings),
        host=options.host,
        port=options.port,
        http="httptools",
        loop="uvloop",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m workload.partners", description="Stand-ins for the agency's partners."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, required=True, help="port to listen on")
    parser.add_argument("--folder", type=Path, required=True, help="where the ledger is kept")
    parser.add_argument(
        "--settings",
        type=Path,
        help='JSON: {"partners": {NAME: {"transport": "api|file|messaging", "calls_per_second": N}}}, read again '
        "when it changes. Without it every name is a partner that takes any number of calls.",
    )
    return parser


if __name__ == "__main__":
    main()

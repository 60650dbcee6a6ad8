"""``python -m twin.aws.emulator --port N [--state-dir DIR]``: the emulator, until it is ended by a signal."""

import argparse
import contextlib
import os
import secrets
import signal
import sys
from pathlib import Path

from engine.exceptions import EstateError
from twin.aws.emulator.environment import prepare
from twin.aws.emulator.exceptions import StateFolderTaken
from twin.aws.emulator.process import RECORD
from twin.record import FolderTaken, RecordFile, this_process

# How long one that is being stopped may still hold the state folder.
_HANDOVER_SECONDS = 2.0


def main() -> int:
    """Serves until the process is ended. What keeps it from serving is one sentence and an exit code."""
    # Nothing needs putting in order at the end: state is in memory, and a stale record is recognised.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    arguments = _arguments()
    try:
        _serve(arguments.port, arguments.state_dir)
    except EstateError as error:
        sys.stderr.write(f"{error}\n")
        return getattr(error, "exit_code", 1)
    except KeyboardInterrupt:
        return 0
    return 0


def _serve(port: int, state_dir: Path | None) -> None:
    with contextlib.ExitStack() as stack:
        if state_dir:
            state_dir = state_dir.resolve()
            state_dir.mkdir(parents=True, exist_ok=True)
            try:
                stack.enter_context(RecordFile(state_dir, RECORD).held(_HANDOVER_SECONDS))
            except FolderTaken:
                raise StateFolderTaken(state_dir) from None
        os.chdir("/")
        prepare()
        # Imported late: moto reads its settings when it is imported, and takes a second over it.
        from twin.aws.emulator.authorization.sessions import kept_key
        from twin.aws.emulator.boot import boot

        nonce = secrets.token_hex(16)
        server = boot(port, nonce, session_key=kept_key(state_dir) if state_dir else None)
        os.environ["MOTO_PORT"] = str(server.port)
        if state_dir:
            RecordFile(state_dir, RECORD).write(this_process(server.port, nonce))
        sys.stderr.write(f"The emulated control plane listens on http://127.0.0.1:{server.port}.\n")
        server.serve_forever()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m twin.aws.emulator", description="The emulated AWS control plane."
    )
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 is any free one")
    parser.add_argument("--state-dir", type=Path, help="folder in which others find it")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

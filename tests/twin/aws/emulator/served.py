"""``python -m tests.twin.aws.emulator.served stock|extended``: an emulator that dies with whoever started it."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    from twin.aws.emulator.environment import prepare

    prepare()
    from twin.aws.emulator.boot import boot
    from twin.aws.emulator.extensions import EXTENSIONS

    server = boot(0, "test", EXTENSIONS if sys.argv[1] == "extended" else ())
    print(server.port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

"""`python -m workload`: the command of the image."""

import os
import sys

from workload.exceptions import SettingsWrong
from workload.main import main

__all__: list[str] = []

if __name__ == "__main__":
    try:
        code = main()
    except SettingsWrong as error:
        sys.stderr.write(f"{error}\n")
        code = 2
    sys.stdout.flush()
    # A thread that still polls a queue is not waited for.
    os._exit(code)

"""`python -m load_tests PARENT …`: Locust with this project's locustfile, in a process that ends with its parent."""

import sys
from pathlib import Path

from load_tests.lifetime import end_with_parent

__all__ = ["main"]

LOCUSTFILE = Path(__file__).with_name("locustfile.py")


def main() -> None:
    """Locust has run with the arguments that follow the parent's process id."""
    end_with_parent(int(sys.argv[1]))
    sys.argv = ["locust", "-f", str(LOCUSTFILE), *sys.argv[2:]]
    from locust.main import main as locust  # replaces blocking calls of the whole process, so not before this

    locust()


if __name__ == "__main__":
    main()

"""`python -m chaos PARENT …`: Chaos Toolkit, in a process that ends with its parent.

So that `kill -9` of the command that a person sees ends the experiment too: its watchdog then undoes what it did.
"""

import sys

from load_tests.lifetime import end_with_parent

__all__ = ["main"]


def main() -> None:
    """Chaos Toolkit has run with the arguments that follow the parent's process id."""
    end_with_parent(int(sys.argv[1]))
    sys.argv = ["chaos", *sys.argv[2:]]
    from chaostoolkit.cli import cli  # takes a second to import, and the parent may end meanwhile

    cli()


if __name__ == "__main__":
    main()

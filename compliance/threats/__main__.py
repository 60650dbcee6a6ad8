"""`python -m compliance.threats`."""

from compliance.threats.document import main

__all__: list[str] = []

main()

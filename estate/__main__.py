"""`python -m estate`."""

from estate.main import main

main()

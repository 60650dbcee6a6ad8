"""What keeps metrics from being measured.

EstateError
└── RuntimeFailure
    └── PatternUnknown  a filter pattern that is not read here; its metric stays without data
"""

from twin.runtime.exceptions import RuntimeFailure

__all__ = ["PatternUnknown"]


class PatternUnknown(RuntimeFailure):
    def __init__(self, pattern: str, why: str) -> None:
        self.pattern = pattern
        super().__init__(
            f"The filter pattern {pattern!r} is not read on the twin: {why}. Write it with terms, or as a condition on "
            "JSON in braces without regular expressions."
        )

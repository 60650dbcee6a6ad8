"""Errors of the monitoring.

EstateError
├── ExpressionRefused   a metric math expression that CloudWatch, or the twin, does not take
├── RuleRefused         the rule of a composite alarm that cannot be read
└── StatisticUnknown    no statistic of CloudWatch's, or one that the twin does not have
"""

from engine.exceptions import EstateError

__all__ = ["ExpressionRefused", "RuleRefused", "StatisticUnknown"]


class ExpressionRefused(EstateError):
    """Attributes: expression, reason."""

    def __init__(self, expression: str, reason: str) -> None:
        self.expression, self.reason = expression, reason
        super().__init__(f"Error in expression {expression!r}: {reason}")


class RuleRefused(EstateError):
    """Attributes: rule, reason."""

    def __init__(self, rule: str, reason: str) -> None:
        self.rule, self.reason = rule, reason
        super().__init__(f"AlarmRule {rule!r} cannot be read: {reason}")


class StatisticUnknown(EstateError):
    """Attributes: name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"The value {name} for parameter ExtendedStatistic is not supported. Use a percentile (p99.9), a trimmed "
            "mean (tm99, TM(2%:98%)) or IQM: the twin has no other extended statistics."
        )

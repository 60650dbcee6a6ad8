"""Logs are kept as long as their class asks, and not for ever."""

from ._agency import data_class_rules
from ._graph import Graph
from ._policy import Policy
from ._resource import Resource

__all__ = ["LogRetention", "check"]


class LogRetention(Policy):
    """Too short leaves an audit nothing to read; for ever is longer than UK GDPR article 5(1)(e) allows."""

    number = 9
    title = "Logs are kept as long as their data class asks, and no log for ever"
    kinds = ("aws_cloudwatch_log_group",)

    def holds(self, resource: Resource, graph: Graph) -> bool | None:
        days = resource.value("retention_in_days")
        rules = data_class_rules(resource.data_class)
        return bool(days) and (rules is None or int(days) >= rules["log_retention_days"])


check = LogRetention()

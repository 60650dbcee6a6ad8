"""What every benefit of the catalogue has."""

import json

from catalogue import Catalogue
from tests.stacks.graph import Graph

QUEUE = {
    ("estate:data:Queue", ""),
    ("aws:sqs/queue:Queue", "-queue"),
    ("aws:sqs/queue:Queue", "-dlq"),
    ("aws:sqs/queuePolicy:QueuePolicy", "-policy"),
    ("aws:sqs/queuePolicy:QueuePolicy", "-dlq-policy"),
    ("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "-redrive-allow"),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "-backlog"),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "-oldest-message"),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "-dlq-not-empty"),
}
ON_ITS_CELL = {
    ("estate:services:Benefit", ""),
    ("aws:ssm/parameter:Parameter", "-settings"),
    ("aws:ssm/parameter:Parameter", "-database"),
    ("aws:iam/rolePolicy:RolePolicy", "-access"),
    ("aws:lb/listenerRule:ListenerRule", "-route"),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "-slo-fast-burn"),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "-slo-slow-burn"),
    ("aws:cloudwatch/dashboard:Dashboard", "-dashboard"),
}
BUDGET = {("aws:budgets/budget:Budget", "-budget")}
"""Money is counted once, not once a region."""


def of_benefit(graph: Graph, slug: str, stack: str) -> set[tuple[str, str]]:
    """Type and end of the name."""
    prefix = f"benefit-{slug}"
    return {
        (it.type, it.name.removeprefix(prefix))
        for it in graph.named(prefix)
        if it.stack == stack and it.name.startswith(prefix)
    }


def test_every_benefit_has_exactly_these(graph: Graph, environment: str, real: Catalogue) -> None:
    for slug in real.estate(environment).benefits:
        assert of_benefit(graph, slug, f"data-{environment}") == QUEUE, slug
        assert of_benefit(graph, slug, f"services-{environment}") == ON_ITS_CELL | BUDGET, slug


def test_a_benefit_that_may_leave_the_country_stands_by_too(local_graph: Graph, real: Catalogue) -> None:
    estate = real.estate("local")
    for slug, benefit in estate.benefits.items():
        may = estate.may_stand_in(benefit.data_class, "standby")
        assert of_benefit(local_graph, slug, "data-local-standby") == (QUEUE if may else set()), slug
        assert of_benefit(local_graph, slug, "services-local-standby") == (ON_ITS_CELL if may else set()), (
            slug
        )


def test_a_cell_finds_its_benefits_below_one_path(graph: Graph, environment: str, real: Catalogue) -> None:
    estate = real.estate(environment)
    stack = f"services-{environment}"
    for slug, benefit in estate.benefits.items():
        path = f"/estate/cells/{benefit.cell}/benefits/{slug}"
        settings = graph.one("aws:ssm/parameter:Parameter", f"benefit-{slug}-settings", stack)
        database = graph.one("aws:ssm/parameter:Parameter", f"benefit-{slug}-database", stack)
        schema = slug.replace("-", "_")

        assert (settings.inputs["name"], database.inputs["name"]) == (f"{path}/settings", f"{path}/database")
        assert settings.document("value")["path"] == f"/benefits/{slug}/*"
        assert database.document("value") == {
            "database": estate.cells[benefit.cell].database,
            "schema": schema,
            "role": schema,
        }


def test_no_task_definition_names_a_benefit(graph: Graph, environment: str, real: Catalogue) -> None:
    definitions = graph.of_type("aws:ecs/taskDefinition:TaskDefinition")
    named = [
        (str(it), slug)
        for it in definitions
        for slug in real.estate(environment).benefits
        if slug in json.dumps(dict(it.inputs))
    ]
    assert definitions
    assert named == []


def test_a_benefits_route_leads_to_its_cell_and_its_permission_is_its_cells(
    graph: Graph, environment: str, real: Catalogue
) -> None:
    stack = f"services-{environment}"
    for slug, benefit in real.estate(environment).benefits.items():
        cell = f"cell-{benefit.cell}"
        route = graph.one("aws:lb/listenerRule:ListenerRule", f"benefit-{slug}-route", stack)
        access = graph.one("aws:iam/rolePolicy:RolePolicy", f"benefit-{slug}-access", stack)
        group = graph.one("aws:lb/targetGroup:TargetGroup", f"{cell}-target-group", stack)
        role = graph.one("aws:iam/role:Role", f"{cell}-task-role", stack)

        [action] = route.inputs["actions"]
        assert action["targetGroupArn"].endswith(group.output("arn"))
        assert access.inputs["role"] in (role.output("name"), role.inputs.get("name"))

"""What every partner of the catalogue has."""

from catalogue import Catalogue
from tests.stacks.graph import Graph

PARAMETER = "aws:ssm/parameter:Parameter"
QUEUE = {
    "",
    "-queue",
    "-dlq",
    "-policy",
    "-dlq-policy",
    "-redrive-allow",
    "-backlog",
    "-oldest-message",
    "-dlq-not-empty",
}
SECRET = {"", "-secret", "-policy", "-rotation"}


def ends(graph: Graph, prefix: str, stack: str) -> set[str]:
    return {
        it.name.removeprefix(prefix)
        for it in graph.named(prefix)
        if it.stack == stack and it.name.startswith(prefix)
    }


def test_every_partner_has_a_queue_with_its_dead_letters_and_a_secret_that_rotates(
    graph: Graph, environment: str, real: Catalogue
) -> None:
    for name, partner in real.estate(environment).partners.items():
        assert ends(graph, f"partner-{partner.kind}-{name}", f"data-{environment}") == QUEUE, name
        assert ends(graph, f"partner-secret-{name}", f"data-{environment}") == SECRET, name


def test_a_partners_settings_are_where_the_services_of_its_kind_look(
    graph: Graph, environment: str, real: Catalogue
) -> None:
    estate = real.estate(environment)
    given = {
        it.inputs["name"]: it.document("value")
        for it in graph.of_type(PARAMETER, f"services-{environment}")
        if it.name.startswith("partner-")
    }
    called = {kind for it in estate.services.values() for kind in it.depends_on.partners}
    served = {name: it for name, it in estate.partners.items() if it.kind in called}

    assert sorted(given) == sorted(f"/estate/partners/{it.kind}/{name}" for name, it in served.items())
    for name, partner in served.items():
        settings = given[f"/estate/partners/{partner.kind}/{name}"]
        assert settings["calls_per_second"] == partner.calls_per_second
        assert settings["host"] == f"{name}.partners.{estate.environment.domain_name}"
        assert settings["circuit_breaker"] == partner.circuit_breaker.model_dump()


def test_a_partner_that_may_leave_the_country_has_a_queue_and_settings_in_the_standby_and_no_second_secret(
    local_graph: Graph, real: Catalogue
) -> None:
    estate = real.estate("local")
    for name, partner in estate.partners.items():
        may = estate.may_stand_in(partner.data_class, "standby")
        queue = ends(local_graph, f"partner-{partner.kind}-{name}", "data-local-standby")
        settings = [
            it.name
            for it in local_graph.of_type(PARAMETER, "services-local-standby")
            if it.name == f"partner-{name}"
        ]

        assert queue == (QUEUE if may else set()), name
        assert ends(local_graph, f"partner-secret-{name}", "data-local-standby") == set(), name
        assert settings == ([f"partner-{name}"] if may else []), name

"""What the services of the exchange are told of one partner."""

import pulumi
import pulumi_aws as aws

from catalogue import Partner
from stacks.context import StackContext
from stacks.names import Layer
from stacks.physical_names import PARAMETER_CLASS, partner_host, partner_parameters

__all__ = ["declare_partner"]


def declare_partner(context: StackContext, partner: Partner) -> None:
    """The partner's settings, at a path that its exchange service reads as a whole."""
    made = context.entry(Layer.DATA, "partners", partner.name)
    breaker = partner.circuit_breaker
    settings = {
        "title": partner.title,
        "transport": partner.transport,
        "host": partner_host(context, partner),
        "calls_per_second": partner.calls_per_second,
        "circuit_breaker": {"failures": breaker.failures, "open_seconds": breaker.open_seconds},
        "queue_url": made["queue_url"],
        "secret_arn": made["secret_arn"],
    }
    aws.ssm.Parameter(
        f"partner-{partner.name}",
        name=f"{partner_parameters(partner.kind)}/{partner.name}",
        type="SecureString",
        key_id=context.key_arn(PARAMETER_CLASS),
        value=pulumi.Output.json_dumps(settings),
        tags=context.tags(partner.owner, partner.data_class, service=partner.service)
        | {"partner": partner.name},
    )

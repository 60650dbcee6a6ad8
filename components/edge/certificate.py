"""The certificate under which the load balancer answers, proved by DNS."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

__all__ = ["certificate"]

VALIDATION_TTL_SECONDS = 300


def certificate(
    name: str,
    domain_names: Sequence[str],
    zone_id: pulumi.Input[str] | None,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """ARN of a certificate for these names, the first of which is its subject.

    Where the zone is given, the records that prove the names are made in it and the ARN is known once AWS has
    seen them; otherwise somebody has to make them.
    """
    requested = aws.acm.Certificate(
        name,
        domain_name=domain_names[0],
        subject_alternative_names=list(domain_names[1:]),
        validation_method="DNS",
        key_algorithm="EC_prime256v1",
        tags=tags,
        opts=opts,
    )
    if zone_id is None:
        return requested.arn
    records = [
        _validation_record(f"{name}-validation-{domain_name}", requested, index, zone_id, opts)
        for index, domain_name in enumerate(domain_names)
    ]
    return aws.acm.CertificateValidation(
        f"{name}-validation",
        certificate_arn=requested.arn,
        validation_record_fqdns=[record.fqdn for record in records],
        opts=opts,
    ).certificate_arn


def _validation_record(
    name: str,
    requested: aws.acm.Certificate,
    index: int,
    zone_id: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> aws.route53.Record:
    option = requested.domain_validation_options[index]
    return aws.route53.Record(
        name,
        zone_id=zone_id,
        name=option.resource_record_name,
        type=option.resource_record_type,
        records=[option.resource_record_value],
        ttl=VALIDATION_TTL_SECONDS,
        # A name and its wildcard share one record.
        allow_overwrite=True,
        opts=opts,
    )

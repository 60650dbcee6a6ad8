"""What must exist in an environment's account before the estate can be deployed to it. docs/deploying.md says how.

One stack an environment, named after it: where Pulumi keeps its state, the key of the secrets in that state, and the
roles that workflows take. It keeps its own state beside the estate's, in the bucket that it makes.
"""

import json

import pulumi
import pulumi_aws as aws
from deploy_roles import DeployRoles
from state_store import StateStore

from catalogue import Environment, load_catalogue


def _check_configuration(environment: Environment) -> None:
    """Raises: ValueError: the configuration leads to another region or account than the catalogue."""
    config = pulumi.Config("aws")
    given = (config.require("region"), json.loads(config.require("allowedAccountIds")))
    wanted = (environment.primary.name, [environment.account_id])
    if given != wanted:
        raise ValueError(
            f"The configuration of bootstrap stack {environment.name!r} names {given[0]} in account {given[1]}, "
            f"the catalogue {wanted[0]} in {wanted[1]}. Correct bootstrap/config/Pulumi.{environment.name}.yaml."
        )


def deploy() -> None:
    """Everything that the environment's account needs first is registered."""
    catalogue = load_catalogue()
    environment = catalogue.estate(pulumi.get_stack()).environment
    _check_configuration(environment)
    tags = {
        "environment": environment.name,
        "layer": "bootstrap",
        "service": "bootstrap",
        "owner": "cloud-platform",
        "data-class": "operational",
        "cost-centre": catalogue.owners["cloud-platform"].cost_centre,
    }
    state = StateStore(
        "estate",
        {
            "account_id": environment.account_id,
            "region": environment.primary.name,
            "standby": _standby_provider(environment, tags),
            "tags": tags,
        },
    )
    roles = DeployRoles(
        "estate",
        {
            "environment": environment.name,
            "repository": pulumi.Config().require("repository"),
            "regions": [region.name for region in environment.regions],
            "state_bucket_arns": state.bucket_arns,
            "key_arns": state.key_arns,
            "tags": tags,
        },
    )
    for url_name, url in state.backend_urls.items():
        pulumi.export(url_name, url)
    pulumi.export("preview_role_arn", roles.preview_role_arn)
    pulumi.export("deploy_role_arn", roles.deploy_role_arn)


def _standby_provider(environment: Environment, tags: dict[str, str]) -> tuple[str, aws.Provider] | None:
    if environment.standby is None:
        return None
    region = environment.standby.name
    return region, aws.Provider("standby", region=region, allowed_account_ids=[environment.account_id])


deploy()

"""Names that something else is found by: another stack, a task, a person at a console."""

from catalogue import BackupFrequency, Benefit, Partner
from stacks.context import StackContext

__all__ = [
    "CELLS_PARAMETERS",
    "PARAMETER_CLASS",
    "backup_tag",
    "benefit_queue",
    "benefit_schema",
    "bucket_name",
    "cell_parameters",
    "cell_service",
    "drafts_bucket",
    "partner_host",
    "partner_parameters",
    "partner_queue",
    "partner_secret",
    "vault_name",
]


CELLS_PARAMETERS = "/estate/cells"
"""Below it every cell has its benefits."""

PARAMETER_CLASS = "operational"
"""What parameters say: where a benefit's queue is, which schema it has. Nothing of it is about a person, and who lists
the benefits of all cells must be able to read theirs without the keys of their data."""


def bucket_name(context: StackContext, bucket: str, region: str) -> str:
    """Buckets share one name space with the whole world."""
    return f"{bucket}-{context.account_id}-{region}"


def benefit_queue(slug: str) -> str:
    return f"benefit-{slug}"


def benefit_schema(benefit: Benefit) -> str:
    """The benefit's schema in its cell's database, and the PostgreSQL role that owns it."""
    return benefit.slug.replace("-", "_")


def cell_service(cell: str) -> str:
    return f"cell-{cell}"


def drafts_bucket(cell: str) -> str:
    """Where a cell keeps drafts that wait to be stored, as a bucket of the catalogue is called."""
    return f"drafts-{cell}"


def cell_parameters(cell: str) -> str:
    """The path at which a cell finds its benefits; it reads all of it, so a new benefit changes no task."""
    return f"{CELLS_PARAMETERS}/{cell}/benefits"


def partner_host(context: StackContext, partner: Partner) -> str:
    """Name at which the partner answers, in the agency's own zone: where it leads is the network's affair."""
    return f"{partner.name}.partners.{context.estate.environment.domain_name}"


def partner_parameters(kind: str) -> str:
    """The path at which services find the partners of a kind."""
    return f"/estate/partners/{kind}"


def partner_queue(partner: Partner) -> str:
    """By kind first: an exchange service is granted all queues of its kind by their prefix."""
    return f"partner-{partner.kind}-{partner.name}"


def partner_secret(partner: Partner) -> str:
    return f"partner/{partner.kind}/{partner.name}"


def backup_tag(frequency: BackupFrequency, is_copied: bool) -> str:
    """Value of the tag `backup`, by which the recovery layer finds what to save, and whether to copy it."""
    return f"{frequency}-copied" if is_copied else str(frequency)


def vault_name(region: str) -> str:
    return f"estate-{region}"

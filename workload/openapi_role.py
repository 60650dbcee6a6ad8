"""A role's service with every store that a role may have, made without touching any of them."""

from workload.app import service_of
from workload.frame import Frame
from workload.service import Service
from workload.settings import CachePlace, DatabasePlace, Settings, Stores

__all__ = ["ROLES", "service_for"]

ROLES = (
    "portal",
    "cell",
    "case",
    "decision",
    "payments",
    "exchange",
    "hub",
    "documents",
    "correspondence",
    "master-data",
    "interaction",
    "field-sync",
    "fraud-debt-error",
    "analytics",
    "low-code",
)

NOWHERE = "nowhere.invalid"
"""Never exists. Source: RFC 6761, section 6.4."""

QUEUES = (
    "case-work",
    "decision-requests",
    "payment-requests",
    "third-sector-messages",
    "document-scans",
    "letters-to-send",
    "field-changes",
    "fraud-referrals",
    "hub-events",
    "lake-loads",
    "low-code-tasks",
)
BUCKETS = (
    "evidence",
    "case-documents",
    "letters",
    "file-gateway",
    "exchange-audit",
    "lake",
    "fraud-files",
)
TOPICS = ("applications", "payments-announced")


def service_for(role: str) -> Service:
    """Raises: SettingsWrong: there is no such role."""
    stores = Stores(
        databases={name: DatabasePlace(NOWHERE, NOWHERE, 5432) for name in ("core", "sensitive")},
        caches={"sessions": CachePlace(NOWHERE, NOWHERE, 6379, "sessions", f"sessions-{role}")},
        queues={name: f"https://{NOWHERE}/{name}" for name in QUEUES},
        topics={name: f"arn:aws:sns:eu-west-2:000000000000:{name}" for name in TOPICS},
        buses={"agency": "agency"},
        streams={"events": "events"},
        buckets={name: name for name in BUCKETS},
    )
    settings = Settings(
        service=role,
        role=role,
        stores=stores,
        benefits_path="/estate/cells/none/benefits",
        partners_paths=("/estate/partners/government",),
        connection_budget=1,
    )
    return service_of(Frame.of(settings))

"""Stand-ins for the agency's partners, the Central Payments System among them. They run outside the estate."""

from workload.partners.app import create_app

__all__ = ["create_app"]

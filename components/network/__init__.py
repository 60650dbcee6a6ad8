"""A VPC over several availability zones, closed unless opened."""

from components.network.network import Network, NetworkArgs

__all__ = ["Network", "NetworkArgs"]

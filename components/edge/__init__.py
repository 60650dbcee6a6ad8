"""Where people come in: web ACL, load balancer, certificate and access logs."""

from components.edge.edge import Edge, EdgeArgs

__all__ = ["Edge", "EdgeArgs"]

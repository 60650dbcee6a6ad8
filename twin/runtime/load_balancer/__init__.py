"""Application load balancers as nodes in their zones, and the edge that people come in through."""

"""Elastic Load Balancing: load balancers, listeners, rules and target groups."""

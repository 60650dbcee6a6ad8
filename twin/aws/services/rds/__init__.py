"""Amazon RDS: Aurora clusters, their instances, global clusters and parameter groups."""

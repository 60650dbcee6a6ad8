"""Where the estate's names lead: Route 53's health checks and failover records, as declared and as seen."""

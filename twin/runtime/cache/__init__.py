"""ElastiCache replication groups as real Valkey servers: a primary, replicas in other zones, and who succeeds whom."""

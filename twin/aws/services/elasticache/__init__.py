"""Amazon ElastiCache: replication groups of Redis or Valkey."""

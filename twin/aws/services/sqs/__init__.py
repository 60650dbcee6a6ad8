"""Amazon SQS: queues and their policies."""

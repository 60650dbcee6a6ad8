"""Amazon SNS: topics and subscriptions."""

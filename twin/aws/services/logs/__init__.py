"""CloudWatch Logs: log groups and who may write to them."""

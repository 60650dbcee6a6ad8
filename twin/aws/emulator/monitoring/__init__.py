"""CloudWatch: metrics, alarms on them, what alarms do, and what became of them. Knows nothing of moto."""

"""Amazon EventBridge: buses, rules, targets and archives."""

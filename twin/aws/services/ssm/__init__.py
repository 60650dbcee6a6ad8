"""AWS Systems Manager: parameters."""

"""AWS Certificate Manager: certificates and their validation."""

"""AWS IAM: roles, policies and identity providers."""

"""AWS Secrets Manager: secrets, their values and their rotation."""

"""AWS KMS: keys, their replicas and aliases."""

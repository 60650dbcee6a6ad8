"""AWS Backup: vaults, plans and selections."""

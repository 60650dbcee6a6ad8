"""The standby region takes over, and gives back."""

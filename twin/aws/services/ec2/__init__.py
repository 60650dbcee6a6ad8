"""Amazon EC2: networks and their rules."""

"""AWS Config: recorder, delivery channel and rules."""

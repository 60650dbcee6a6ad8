"""What the emulator publishes of its own services."""

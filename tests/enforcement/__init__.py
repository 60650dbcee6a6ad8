"""What it costs that permissions and network rules are enforced."""

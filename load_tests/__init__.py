"""Load: people who come when a launch says that they do, whether or not the estate keeps up."""

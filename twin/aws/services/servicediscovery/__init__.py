"""AWS Cloud Map: namespaces."""

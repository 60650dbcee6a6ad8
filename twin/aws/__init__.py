"""The emulated control plane of AWS, and the handlers that carry out resource operations on it."""

"""The emulated AWS control plane: moto with declared extensions, as a process on loopback."""

"""Makes the declared estate true on this machine: processes, traffic, stores, zones."""

"""Records that went bad are made good from the cluster as it was before."""

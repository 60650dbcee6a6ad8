"""One component for each area of an estate."""

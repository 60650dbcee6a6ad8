"""The page that tells a run to a person who was not there."""

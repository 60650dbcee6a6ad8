"""Application Auto Scaling, as far as it can be decided without acting: how many, when, and why not."""

"""A zone is emptied, and filled again."""

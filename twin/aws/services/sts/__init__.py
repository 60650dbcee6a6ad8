"""AWS STS: who and where the program runs as."""

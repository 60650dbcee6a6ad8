"""The estate as a picture: what stands where, and what may reach what."""

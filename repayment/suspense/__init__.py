"""Money that came in and belongs to nobody yet: what it may belong to and why, and the one posting that settles it."""

"""Who may be entitled and was never asked: found each night over everything that is held (features N-2 and H-12)."""

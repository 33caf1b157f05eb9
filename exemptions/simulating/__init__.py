"""What a change of a dated setting or rule would do to every loan that is held, before it is published (N-3, N-21)."""

"""Looking a second time at what was decided: a drawn sample, blind, and like cases that were decided differently (N-18)."""

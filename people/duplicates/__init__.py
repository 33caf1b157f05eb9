"""Finding persons who may be recorded twice."""

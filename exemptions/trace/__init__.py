"""The trace of an assessment (N-1): each finding with its inputs and where they came from, its rule and source, and the one
input that would change it."""

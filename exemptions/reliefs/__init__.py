"""The relief map of one borrower (N-12): funds by reliefs, each cell now, from a month, a paper missing, or no, and why."""

"""The flow chart for the telephone (H-20): at most six questions, no borrower looked up, a result with its papers."""

"""What to say on the telephone about somebody's loans, in words to read aloud (N-24)."""

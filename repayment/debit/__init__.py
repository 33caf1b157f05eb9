"""口座振替: mandates, runs from selection to closing, the bank's results, what has to be stopped and what failed."""

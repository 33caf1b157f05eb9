"""Taking loans over from another system: opening balances, their reconciliation, and the sign-off by a second person."""

"""The transfer desk: what may go out, what may not and why, and what the ledger takes when the bank has paid."""

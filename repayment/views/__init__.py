"""Views of repayment, by subject: the ledger of a loan, the transfer desk, what is still to be paid out."""

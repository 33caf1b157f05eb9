"""Payment slips for convenience stores: made for failed debits and for who has no account, printed, paid, expired."""

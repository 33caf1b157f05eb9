"""The refund guard: what of the money on an exempted loan stays, and what comes back (RP-12, EX-03)."""

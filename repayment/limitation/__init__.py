"""When a claim may lapse (時効): a working calendar with its evidence. Every date of it needs confirming by a lawyer."""

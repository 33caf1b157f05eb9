"""Deciding about a loan: the proposal and its decision, urgent money, changes within the period, sanctions."""

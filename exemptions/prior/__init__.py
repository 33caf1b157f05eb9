"""Exemption decisions of another system, taken over on the day of the change."""

"""Arrears: how old they are, who is told, who is left alone for now and why, and what people promised."""

"""Lending: what an application says, what the rules find, and the steps of its life."""

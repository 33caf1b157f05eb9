"""Scans of papers: taken in after a look inside, kept under names that say nothing, read by those who may, and logged."""

"""Entering a special loan that was lent long ago, with what is known of its application."""

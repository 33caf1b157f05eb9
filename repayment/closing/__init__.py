"""Closing a month: counted in one statement, tied to the bank's files, signed by a second person, corrected in the open."""

"""Sheets handed out at the desk: forms printed with what is known already, and guidance. They are not posted."""

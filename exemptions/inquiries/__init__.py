"""Inquiries at authorities about an application (照会): on the consents of the form, with no more data than they need."""

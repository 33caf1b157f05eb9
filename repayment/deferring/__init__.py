"""Deferral of repayment (償還猶予): applications, the telephone interview, decisions, early ends, the agency's offer."""

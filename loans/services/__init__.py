"""What can be done to applications and loans. Every change goes through one of these functions."""

from loans.services.moves import move_lending
from loans.services.registering import LENDING_BEGAN, LoanRefused, register_loan

__all__ = ["LENDING_BEGAN", "LoanRefused", "move_lending", "register_loan"]

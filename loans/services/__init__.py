"""What can be done to applications and loans. Every change goes through one of these functions."""

from loans.services.intake import begin_application, save_answers
from loans.services.moves import move_lending
from loans.services.registering import LENDING_BEGAN, LoanRefused, register_loan

__all__ = ["LENDING_BEGAN", "LoanRefused", "begin_application", "move_lending", "register_loan", "save_answers"]

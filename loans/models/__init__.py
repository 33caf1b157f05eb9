from loans.models.loans import Loan, LoanQuerySet

__all__ = ["Loan", "LoanQuerySet"]

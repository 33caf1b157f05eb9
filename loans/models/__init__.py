from loans.models.applications import (
    OPEN_STATES,
    IncomeLine,
    LendingApplication,
    LendingApplicationQuerySet,
    LendingAssessmentRow,
    LendingStateChange,
)
from loans.models.intake import Guidance, LendingOverride, LendingTask, LoanCorrection, PriorLoanElsewhere
from loans.models.loans import Loan, LoanQuerySet

__all__ = [
    "OPEN_STATES",
    "Guidance",
    "IncomeLine",
    "LendingApplication",
    "LendingApplicationQuerySet",
    "LendingAssessmentRow",
    "LendingOverride",
    "LendingStateChange",
    "LendingTask",
    "Loan",
    "LoanCorrection",
    "LoanQuerySet",
    "PriorLoanElsewhere",
]

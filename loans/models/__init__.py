from loans.models.applications import (
    OPEN_STATES,
    IncomeLine,
    LendingApplication,
    LendingApplicationQuerySet,
    LendingAssessmentRow,
    LendingStateChange,
)
from loans.models.decisions import (
    FirstApproval,
    LendingChange,
    LendingDecision,
    LendingProposal,
    LendingSanction,
    LoanCodeCounter,
    UrgentPayment,
)
from loans.models.deeds import LoanDeed, LoanDeedQuerySet
from loans.models.disbursement import Tranche, TransferChange, TransferFile, TransferLine, TransferSender
from loans.models.intake import Guidance, LendingOverride, LendingTask, LoanCorrection, PriorLoanElsewhere
from loans.models.loans import Loan, LoanQuerySet
from loans.models.members import LendingMember

__all__ = [
    "OPEN_STATES",
    "FirstApproval",
    "Guidance",
    "IncomeLine",
    "LendingApplication",
    "LendingApplicationQuerySet",
    "LendingAssessmentRow",
    "LendingChange",
    "LendingDecision",
    "LendingMember",
    "LendingOverride",
    "LendingProposal",
    "LendingSanction",
    "LendingStateChange",
    "LendingTask",
    "Loan",
    "LoanCodeCounter",
    "LoanCorrection",
    "LoanDeed",
    "LoanDeedQuerySet",
    "LoanQuerySet",
    "PriorLoanElsewhere",
    "Tranche",
    "TransferChange",
    "TransferFile",
    "TransferLine",
    "TransferSender",
    "UrgentPayment",
]

"""Plans, the ledger, deferrals and what holds collection back, one module for each subject."""

from repayment.models.agreements import SmallRepaymentAgreement
from repayment.models.allocations import PaymentAllocation
from repayment.models.assistance import AssistanceCheck
from repayment.models.closing import ClosingAnswer, ClosingLine, MonthClosing
from repayment.models.cutover import CutoverControl, CutoverExplanation, CutoverSignOff, OpeningBalance
from repayment.models.debit import BankDebitDay, DebitChange, DebitLine, DebitMandate, DebitOriginator, DebitRun
from repayment.models.debit_results import DebitFailure, DebitResult, DebitStop
from repayment.models.deferral_applications import (
    DeferralApplication,
    DeferralDecision,
    DeferralInterview,
    DeferralPaper,
    DeferralRequest,
    DeferralStateChange,
)
from repayment.models.deferral_followups import AgencyOffer, DeferralEndRequest
from repayment.models.deferrals import Deferral, DeferralEnd
from repayment.models.dunning import PaymentPromise, RepaymentNotice
from repayment.models.holds import CollectionHold
from repayment.models.ledger import LedgerEntry
from repayment.models.limitation import DebtAcknowledgement
from repayment.models.plan_changes import PlanChange
from repayment.models.plans import RepaymentPlan
from repayment.models.refunds import RefundTask
from repayment.models.slips import PaymentSlip
from repayment.models.suspense import SuspenseItem
from repayment.models.totals import LoanTotals

__all__ = [
    "AgencyOffer",
    "AssistanceCheck",
    "BankDebitDay",
    "ClosingAnswer",
    "ClosingLine",
    "CollectionHold",
    "CutoverControl",
    "CutoverExplanation",
    "CutoverSignOff",
    "DebitChange",
    "DebitFailure",
    "DebitLine",
    "DebitMandate",
    "DebitOriginator",
    "DebitResult",
    "DebitRun",
    "DebitStop",
    "DebtAcknowledgement",
    "Deferral",
    "DeferralApplication",
    "DeferralDecision",
    "DeferralEnd",
    "DeferralEndRequest",
    "DeferralInterview",
    "DeferralPaper",
    "DeferralRequest",
    "DeferralStateChange",
    "LedgerEntry",
    "LoanTotals",
    "MonthClosing",
    "OpeningBalance",
    "PaymentAllocation",
    "PaymentPromise",
    "PaymentSlip",
    "PlanChange",
    "RefundTask",
    "RepaymentNotice",
    "RepaymentPlan",
    "SmallRepaymentAgreement",
    "SuspenseItem",
]

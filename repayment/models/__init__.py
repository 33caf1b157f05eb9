"""Plans, the ledger, deferrals and what holds collection back, one module for each subject."""

from repayment.models.cutover import CutoverExplanation, CutoverSignOff, OpeningBalance
from repayment.models.deferrals import Deferral, DeferralEnd
from repayment.models.holds import CollectionHold
from repayment.models.ledger import LedgerEntry
from repayment.models.plans import RepaymentPlan
from repayment.models.refunds import RefundTask

__all__ = [
    "CollectionHold",
    "CutoverExplanation",
    "CutoverSignOff",
    "Deferral",
    "DeferralEnd",
    "LedgerEntry",
    "OpeningBalance",
    "RefundTask",
    "RepaymentPlan",
]

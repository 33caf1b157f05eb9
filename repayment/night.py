"""The night's part of repayment, joined from the subjects that have one."""

from repayment import ledger_night as ledger
from repayment.arrears import night as arrears
from repayment.slips import night as slips

STEPS = (*ledger.STEPS, *slips.STEPS, *arrears.STEPS)

"""The night's part of repayment, joined from the subjects that have one."""

from repayment.arrears import night as arrears
from repayment.slips import night as slips

STEPS = (*slips.STEPS, *arrears.STEPS)

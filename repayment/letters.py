"""The letters of repayment, joined from the subjects that know when each is due."""

from repayment.agreements import letters as agreements
from repayment.arrears import letters as arrears
from repayment.deferring import letters as deferring
from repayment.replanning import letters as replanning
from repayment.slips import letters as slips

KINDS = (*deferring.KINDS, *agreements.KINDS, *replanning.KINDS, *arrears.KINDS, *slips.KINDS)
SOURCES = (*deferring.SOURCES, *agreements.SOURCES, *replanning.SOURCES, *arrears.SOURCES, *slips.SOURCES)

"""The letters of repayment, joined from the subjects that know when each is due."""

from repayment.agreements import letters as agreements
from repayment.replanning import letters as replanning

KINDS = (*agreements.KINDS, *replanning.KINDS)
SOURCES = (*agreements.SOURCES, *replanning.SOURCES)

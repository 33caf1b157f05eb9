"""A bank's answer to practise with: only for runs at the practice bank, and only where there is one.

Of every ten lines eight are collected; the others failed for the reasons that banks give, in turn.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

from django.conf import settings

from japan.banks import PRACTICE_BANK
from japan.zengin.reading import read_debit_instruction
from japan.zengin.records import DebitFile
from japan.zengin.writing import write_debit_result
from repayment.debit.enums import DebitState
from repayment.debit.refusals import DebitRefused
from repayment.debit.runs import content_of
from repayment.models import DebitRun

FAILURES = ("1", "1", "2", "1", "3", "1", "4", "9")


def may_practise(run: DebitRun) -> bool:
    """Whether somebody may be handed an invented answer to a run."""
    ours = bool(settings.PRACTICE_BANK) and run.originator.bank_code == PRACTICE_BANK
    return ours and run.state == DebitState.SENT


def practice_result(run: DebitRun) -> bytes:
    """An invented answer to a run that was sent; the same run gives the same bytes."""
    if not may_practise(run):
        raise DebitRefused("練習用の結果ファイルは、練習用の銀行への送信を記録した口座振替だけで作れます。")
    file = read_debit_instruction(content_of(run)).file
    failures = cycle(FAILURES)
    lines = tuple(
        replace(line, result=next(failures)) if place % 10 in (3, 7) else line
        for place, line in enumerate(file.lines, start=1)
    )
    return write_debit_result(DebitFile(file.header, lines))

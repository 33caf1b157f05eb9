"""Direct debit in the demonstration: mandates of those who pay by it, one run that was posted, one whose answer is awaited.

What the story says was paid by debit stands in the ledger already, as an earlier system left it. The two runs therefore
ask a few people from the end of the prefecture who would otherwise not have paid: some did, some had no funds, one
account was closed. Written through the services, by the people who would have done it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.models import User
from audit.actors import Actor
from exemptions.models import Application
from japan.bankdays import add_bank_days, collection_date
from japan.banks import PRACTICE_BANK
from japan.months import month_index
from japan.zengin.reading import read_debit_instruction
from japan.zengin.records import DebitFile
from japan.zengin.writing import write_debit_result
from loans.models import Loan
from repayment.debit.originators import nominal_days, register_originator
from repayment.debit.results import post_result, take_in_result
from repayment.debit.runs import approve_run, asked_for, content_of, lock_run, send_run, write_run
from repayment.debit.selecting import Asked, groups, selection_statement
from repayment.enums import PaymentChannel
from repayment.models import DebitRun, SuspenseItem
from repayment.suspense.enums import SuspenseReason
from rulebook.selectors import settings_on

TOKYO = ZoneInfo("Asia/Tokyo")
MOST_ASKED = 40
CUT_OFF = 8
ANSWERS = ("0", "0", "0", "1", "0", "0", "2", "0", "0", "0", "1", "0", "3", "0", "0", "9")


def debit_some(as_of: date) -> None:
    """Register who debits and who may be debited, and bring two runs on their way. Called inside ``make``."""
    clerk, supervisor = (Actor.person(User.objects.get(username=name)) for name in ("ken01", "kessai01"))
    _originator(as_of, clerk)
    before, last = _debit_days(as_of)
    asked = asked_for(before)
    chosen = _otherwise_unpaid(asked)
    _mandates(as_of, chosen)
    posted = _sent(before, clerk, supervisor)
    if posted is not None:
        at = _at(add_bank_days(before, 3), 10)
        take_in_result(content=_answer(posted), by=clerk, at=at)
        post_result(run_id=posted.pk, by=clerk, at=at + timedelta(hours=1))
        _sent(last, clerk, supervisor)
        _unmatched(chosen, as_of)
    _mandates(as_of)


def _originator(as_of: date, clerk: Actor) -> None:
    register_originator(
        valid_from=date(as_of.year - 1, 4, 1),
        agent="練習用の収納代行",
        consignor_code="2345678901",
        name_kana="カセケンシャキョウ",
        bank_code=PRACTICE_BANK,
        branch_code="999",
        account_kind="1",
        account_number="7654321",
        yucho="transfer",
        cut_off_bank_days=CUT_OFF,
        by=clerk,
        at=_at(add_bank_days(as_of, -90), 10),
    )


def _debit_days(as_of: date) -> tuple[date, date]:
    """The last two days of debits up to a day, the older one first."""
    day, roll = nominal_days(as_of)[0], settings_on(as_of).holiday_roll
    days = [collection_date(month_index(as_of) - back, day, roll) for back in (2, 1, 0)]
    past = [each for each in days if each <= as_of]
    return past[-2], past[-1]


def _otherwise_unpaid(asked: Asked) -> list[int]:
    """Loans that want nothing but a mandate: of the last quarter of the prefecture, without any application."""
    statement = selection_statement(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select s.loan_id from ({statement.sql}) as s join loans_loan n on n.id = s.loan_id"
            " where s.reason = 'no_mandate' order by n.borrower_id desc, n.id",
            statement.params,
        )
        found = [loan for (loan,) in cursor.fetchall()]
    applied = set(Application.objects.filter(loan__in=found).values_list("loan__borrower", flat=True))
    borrowers = dict(Loan.objects.filter(pk__in=found).values_list("pk", "borrower"))
    return [loan for loan in found[: len(found) // 4] if borrowers[loan] not in applied][:MOST_ASKED]


def _mandates(as_of: date, chosen: list[int] | None = None) -> None:
    """Register the accounts of whoever is chosen; without anybody chosen all that are left, one in fifty still at the bank.

    The two runs are made in between: what the others paid then stands in the ledger already.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into repayment_debitmandate
                (account_id, state, requested_on, registered_on, debited_before, recorded_by)
            select a.id, case when done then 'registered' else 'requested' end,
                   case when done then a.since else greatest(a.since, %(lately)s) end,
                   case when done then a.since end, done, 'system:demo'
            from people_bankaccount a, lateral (select %(chosen)s::bigint[] is not null or a.person_id %% 50 <> 0 as done) as k
            where a.use = 'debit' and a.until is null and a.since <= %(day)s
              and (%(chosen)s::bigint[] is null
                   or a.person_id in (select borrower_id from loans_loan where id = any(%(chosen)s::bigint[])))
              and not exists (select from repayment_debitmandate m where m.account_id = a.id)
            order by a.id
            """,
            {"chosen": chosen, "lately": as_of - timedelta(days=25), "day": as_of},
        )


def _sent(on: date, clerk: Actor, supervisor: Actor) -> DebitRun | None:
    """A run for a day, with the bank; nothing where nobody is to be debited."""
    asked = asked_for(on)
    found = next((group for group in groups(asked) if not group.reason), None)
    if found is None:
        return None
    day = asked.cut_off_on
    run = lock_run(debit_on=on, count=found.count, total=found.total, by=clerk, at=_at(day, 10))
    approve_run(run_id=run.pk, by=supervisor, at=_at(day, 13))
    write_run(run_id=run.pk, by=clerk, at=_at(day, 14))
    return send_run(run_id=run.pk, bank_receipt=f"K{day:%m%d}-0001", by=clerk, at=_at(day, 15))


def _answer(run: DebitRun) -> bytes:
    file = read_debit_instruction(content_of(run)).file
    codes = cycle(ANSWERS)
    return write_debit_result(DebitFile(file.header, tuple(replace(line, result=next(codes)) for line in file.lines)))


def _unmatched(chosen: list[int], as_of: date) -> None:
    """Three receipts that name no loan: a code with two digits changed round, no code at all, nobody anybody knows."""
    loans = list(Loan.objects.filter(pk__in=chosen).select_related("borrower").order_by("pk")[:2])
    at = _at(add_bank_days(as_of, -1), 16)
    told = [
        (8_330, loan.borrower.kana, code, reason)
        for loan, code, reason in zip(
            loans,
            (_changed_round(loans[0].code), ""),
            (SuspenseReason.UNKNOWN_CODE, SuspenseReason.NO_CODE),
            strict=False,
        )
    ]
    told.append((5_000, "カクウ ムメイ", "", SuspenseReason.NO_CODE))
    SuspenseItem.objects.bulk_create(
        SuspenseItem(
            source_key=f"deposit:demo-{number}",
            received_on=add_bank_days(as_of, -2),
            amount=amount,
            channel=PaymentChannel.TRANSFER,
            reason=reason,
            payer_kana=kana,
            loan_code=code,
            opened_at=at,
            opened_by="ken01",
        )
        for number, (amount, kana, code, reason) in enumerate(told, start=1)
    )


def _changed_round(code: str) -> str:
    """A code with its last two digits changed round, or the last one mistaken where they are the same."""
    swapped = f"{code[:-2]}{code[-1]}{code[-2]}"
    if swapped != code and not Loan.objects.filter(code=swapped).exists():
        return swapped
    return f"{code[:-1]}X"


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=TOKYO)

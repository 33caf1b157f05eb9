"""What the collecting agent says was paid on slips: a file, each line known by its receipt number.

A line must be a slip that was made here, to the yen. Whatever state the slip is in, the money is posted (RP-11): paid after
its last day it settles the slip all the same; paid a second time it opens a task about the money; what exceeds the loan
opens one about the surplus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from import_export import resources
from import_export.fields import Field
from import_export.widgets import Widget

from japan.gs1 import read_slip_code
from jobs.enums import RowOutcome
from jobs.importing.columns import Code, Day, Text, Yen
from jobs.importing.effects import Writing
from jobs.importing.kinds import TakingBack
from jobs.importing.staging import add_problem, mark, refuse_doubles
from jobs.models import ImportBatch, ImportRow
from people.taking_in.checks import refuse_future
from repayment.bulk import Payment, post_payments
from repayment.enums import PaymentChannel, RefundCause, SlipState
from repayment.models import LedgerEntry, PaymentSlip
from repayment.refunds import open_refund_task, waiting_amounts
from repayment.selectors import positions_of
from repayment.services import PostingRefused
from repayment.taking_in.payments import counter_entries

MARK = "slip:"


class SlipDigits(Widget):
    """The 44 digits of a slip; what is none of ours in form is refused by name."""

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> str:
        return read_slip_code(str(value)).digits


class SlipResource(resources.Resource):
    key = Field(column_name="収納番号", widget=Code(longest=40))
    digits = Field(column_name="バーコード番号", widget=SlipDigits())
    effective_on = Field(column_name="収納日", widget=Day())
    amount = Field(column_name="収納金額", widget=Yen())
    note = Field(column_name="収納店", widget=Text(longest=60, required=False))


def receipt_key(values: Mapping[str, Any]) -> str:
    """The source key of a payment on a slip; the ledger refuses a second row with it."""
    return f"{MARK}{values['key']}"


def slip_id(values: Mapping[str, Any]) -> int:
    """The number of the slip, from its free field."""
    return int(values["digits"][8:29])


_BODY = """'91' || s.company_code || lpad(s.id::text, 21, '0') || s.reissue || to_char(s.due_on, 'YYMMDD') || '0'
           || lpad(s.amount::text, 6, '0')"""


def check_slips(batch: ImportBatch) -> None:
    refuse_doubles(batch, column="収納番号")
    add_problem(
        batch,
        column="バーコード番号",
        reason="'この番号の払込票を作成した記録がありません。ほかの団体の払込票ではないか、収納代行会社に確かめてください。'",
        where=f"not exists (select 1 from repayment_paymentslip s where {_BODY} = left(r.values ->> 'digits', 43))",
    )
    add_problem(
        batch,
        column="収納金額",
        reason="'払込票の金額と違います。'",
        where="(r.values ->> 'amount')::int <> substr(r.values ->> 'digits', 38, 6)::int",
    )
    refuse_future(batch, "effective_on", "収納日")
    add_problem(
        batch,
        column="収納日",
        reason="'払込票を作成した日より前です。'",
        source="repayment_paymentslip s",
        where=f"{_BODY} = left(r.values ->> 'digits', 43) and (r.values ->> 'effective_on')::date < s.issued_on",
    )
    stored = f"""(
        select split_part(e.source_key, '#', 1) as key, e.loan_id, e.amount, e.effective_on
          from repayment_ledgerentry e
         where e.source_key like '{MARK}%%' and not exists (
               select from repayment_ledgerentry u where u.reverses_id = e.id and u.source_key like 'undo:%%')
    ) e join repayment_paymentslip s on s.loan_id = e.loan_id"""
    same = "e.key = r.key and s.id = substr(r.values ->> 'digits', 9, 21)::numeric and (e.amount, e.effective_on)"
    given = "((r.values ->> 'amount')::int, (r.values ->> 'effective_on')::date)"
    add_problem(
        batch,
        column="収納番号",
        reason="'この収納番号は別の内容ですでに記帳されています。'",
        where=f"""exists (
            select from repayment_ledgerentry e where e.source_key = r.key
               and not exists (
                   select from repayment_paymentslip s where s.loan_id = e.loan_id
                      and s.id = substr(r.values ->> 'digits', 9, 21)::numeric
                      and (e.amount, e.effective_on) = {given})
               and not exists (
                   select from repayment_ledgerentry u where u.reverses_id = e.id and u.source_key like 'undo:%%'))""",
    )
    mark(batch, RowOutcome.UNCHANGED, source=stored, where=f"{same} = {given}")
    mark(batch, RowOutcome.NEW)


def commit_slips(rows: Sequence[ImportRow], writing: Writing) -> None:
    slips = PaymentSlip.objects.select_related("loan").in_bulk([slip_id(row.values) for row in rows])
    answers = post_payments(
        payments=[
            Payment(
                loan=slips[slip_id(row.values)].loan,
                amount=row.values["amount"],
                effective_on=date.fromisoformat(row.values["effective_on"]),
                source_key=receipt_key(row.values),
                channel=PaymentChannel.SLIP,
                note=f"払込票 {slips[slip_id(row.values)]}",
            )
            for row in rows
        ],
        by=writing.by,
        at=writing.at,
    )
    loans = set()
    for row, answer in zip(rows, answers, strict=True):
        if isinstance(answer, PostingRefused):
            writing.refuse(row, "収納番号", str(answer))
        elif answer[1]:
            entry = answer[0]
            writing.effects.created(row.line, entry)
            loans.add(entry.loan_id)
            _settle(slip_id(row.values), entry, writing)
    waiting = waiting_amounts(loans)
    for loan_id, at in positions_of(loans, timezone.localtime(writing.at).date()).items():
        surplus = at.surplus - waiting.get(loan_id, 0)
        if surplus > 0:
            last = LedgerEntry.objects.filter(loan=loan_id).latest("pk")
            open_refund_task(
                loan=last.loan,
                amount=surplus,
                cause=RefundCause.SURPLUS,
                source_key=f"surplus:{last.pk}",
                payment=last,
                note="払込票の入金で払い過ぎになりました。",
                by=writing.by,
                at=writing.at,
            )


def _settle(number: int, entry: LedgerEntry, writing: Writing) -> None:
    """Tie the payment to its slip; of a slip and its reissues one is paid, and what comes on another is a second payment."""
    slip = PaymentSlip.objects.select_for_update(of=("self",)).get(pk=number)
    same = PaymentSlip.objects.filter(loan=slip.loan_id, month=slip.month, cause=slip.cause)
    if same.filter(state=SlipState.PAID).exists():
        open_refund_task(
            loan=entry.loan,
            amount=entry.amount,
            cause=RefundCause.SURPLUS,
            source_key=f"slip-twice:{entry.pk}",
            payment=entry,
            note=f"払込票 {slip} の分が二度支払われました。",
            by=writing.by,
            at=writing.at,
        )
        return
    slip.state, slip.paid_on, slip.entry = SlipState.PAID, entry.effective_on, entry
    slip.save(update_fields=["state", "paid_on", "entry"])
    same.filter(state=SlipState.ISSUED).update(state=SlipState.EXPIRED)


def take_back_slips(entry_ids: Sequence[int], taking: TakingBack) -> None:
    """Counter the payments of a file and wait for their slips again."""
    counter_entries(entry_ids, taking)
    PaymentSlip.objects.filter(entry__in=entry_ids).update(state=SlipState.ISSUED, paid_on=None, entry=None)

"""The steps of a transfer file that look at more than the file: locking what may go out, and posting what was paid.

The rows live in ``loans``; the ledger lives here, a floor above. So the service that reconciles is here: it asks the
floor below to close the lines and posts ``disbursed``, all in one transaction (docs/adr: where disbursement lives).
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from japan.yen import yen
from loans.disbursement.enums import TransferState
from loans.disbursement.files import approve_transfers, lock_transfers, send_transfers, write_transfers
from loans.disbursement.outcomes import mark_paid
from loans.disbursement.refusals import TransferMoved, TransferRefused
from loans.models import Loan, Tranche, TransferFile
from repayment.enums import LedgerKind
from repayment.models import LedgerEntry
from repayment.services import SourceConflict, lock
from repayment.settling import settle
from repayment.transfers.selecting import due_tranches, obstacles_of, select


@service
def lock_selection(*, pay_on: date, count: int, total: int, by: Actor, at: datetime) -> TransferFile:
    """Lock everything that may go out on a day into one file.

    ``count`` and ``total`` (yen) are what the person saw: where the selection has changed since, nothing is locked.
    """
    due = list(due_tranches(pay_on).values_list("pk", flat=True))
    list(Tranche.objects.select_for_update(of=("self",)).filter(pk__in=due).order_by("pk"))
    selection = select(pay_on)
    if (len(selection.payable), selection.total) != (count, total):
        raise TransferMoved(
            f"送金の対象が、表示していた{count}件 {yen(total)}から{len(selection.payable)}件 {yen(selection.total)}に"
            "変わりました。確かめてから、もう一度確定してください。"
        )
    return lock_transfers(payable=selection.payable, pay_on=pay_on, by=by, at=at)


@service
def approve_selection(*, file_id: int, by: Actor, at: datetime) -> TransferFile:
    """Approve a locked file as a second person, while every line of it may still go out."""
    file = approve_transfers(file_id=file_id, by=by, at=at)
    _refuse_obstacles(file)
    return file


@service
def write_file(*, file_id: int, by: Actor, at: datetime) -> TransferFile:
    """Write the file for the bank, while every line of it may still go out."""
    file = write_transfers(file_id=file_id, by=by, at=at)
    _refuse_obstacles(file)
    return file


@service
def record_sending(*, file_id: int, bank_receipt: str, by: Actor, at: datetime) -> TransferFile:
    """Write down that the bank has the file."""
    return send_transfers(file_id=file_id, bank_receipt=bank_receipt, by=by, at=at)


@service
def reconcile(*, file_id: int, count: int, total: int, by: Actor, at: datetime) -> TransferFile:
    """The bank has paid every line that did not come back: post each to its ledger, and close what is complete.

    One transaction for the file: either every line is posted or none. The ledger row of a tranche is known by the
    tranche, so it can be there only once, whatever happens.
    """
    file, lines = mark_paid(file_id=file_id, count=count, total=total, by=by, at=at)
    loans = Loan.objects.in_bulk({line.loan_id for line in lines})
    for line in lines:
        loan = lock(loans[line.loan_id])
        post_disbursement(loan=loan, tranche=line.tranche, effective_on=file.pay_on, by=by, at=at)
        settle(loan=loan, by=by, at=at)
    return file


@service
def post_disbursement(*, loan: Loan, tranche: Tranche, effective_on: date, by: Actor, at: datetime) -> LedgerEntry:
    """Write that a tranche was paid to the borrower. A second row for the same tranche is a ``SourceConflict``."""
    if effective_on > timezone.localtime(at).date():
        raise TransferRefused("送金日に先の日付は使えません。")
    source_key = f"tranche:{tranche.pk}"
    if LedgerEntry.objects.filter(source_key=source_key).exists():
        raise SourceConflict("この送金は、すでに台帳に記帳されています。")
    return LedgerEntry.objects.create(
        loan=loan,
        kind=LedgerKind.DISBURSED,
        amount=tranche.amount,
        effective_on=effective_on,
        recorded_at=at,
        recorded_by=by.label,
        source_key=source_key,
        note=f"第{tranche.number}回",
    )


def stop_list(file: TransferFile) -> list[str]:
    """Loan codes of a file at the bank whose money should no longer go out, to have it called back (組戻し)."""
    if file.state not in (TransferState.WRITTEN, TransferState.SENT):
        return []
    return [line.loan.code for line, _ in obstacles_of(file)]


def _refuse_obstacles(file: TransferFile) -> None:
    found = obstacles_of(file)
    if found:
        line, reason = found[0]
        more = f"ほか{len(found) - 1}件あります。" if len(found) > 1 else ""
        raise TransferRefused(
            f"貸付 {line.loan.code} は送金できなくなりました。{reason}{more}この送金を取りやめて、確定し直してください。"
        )

"""What the bank did with the lines of a sent file. The floor above posts what was paid to the ledger."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Sum
from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from japan.eras import era_date
from loans.disbursement.enums import LineOutcome, ReturnReason
from loans.disbursement.files import allowed, lock_file, step_written
from loans.disbursement.refusals import TransferMoved, TransferRefused
from loans.disbursement.workflow import TransferMove
from loans.enums import LoanState
from loans.models import Loan, Tranche, TransferFile, TransferLine


@service
def record_return(*, file_id: int, line_id: int, reason: str, by: Actor, at: datetime) -> TransferLine:
    """The bank gave the money of one line back. Its tranche may go out again, in a later file only."""
    person = allowed(by, TransferMove.RETURN, at=at)
    file = lock_file(file_id, TransferMove.RETURN)
    if reason not in ReturnReason.values:
        raise TransferRefused("送金不能の理由を選んでください。")
    line = file.lines.select_for_update(of=("self",)).filter(pk=line_id).first()
    if line is None:
        raise TransferRefused("この明細は、この送金ファイルにありません。")
    if line.outcome != LineOutcome.OPEN:
        raise TransferMoved(f"{line.number}番の明細は「{line.get_outcome_display()}」になっています。")
    line.outcome, line.return_reason = LineOutcome.RETURNED, reason
    line.outcome_on = timezone.localtime(at).date()
    line.save(update_fields=["outcome", "return_reason", "outcome_on"])
    step_written(file, TransferMove.RETURN, person=person, by=by, at=at, reason=f"{line.number}番")
    return line


@service
def mark_paid(
    *, file_id: int, count: int, total: int, by: Actor, at: datetime
) -> tuple[TransferFile, list[TransferLine]]:
    """Every line still open was paid on the file's day; returns the file and these lines.

    ``count`` and ``total`` (yen) are what the person saw and compared with the bank: where they no longer agree, nothing
    happens. The caller posts the money and closes the loans, in the same transaction.
    """
    person = allowed(by, TransferMove.RECONCILE, at=at)
    file = lock_file(file_id, TransferMove.RECONCILE)
    if file.pay_on > timezone.localtime(at).date():
        raise TransferRefused(
            f"振込指定日は{era_date(file.pay_on)}です。その日が来てから、銀行の結果と照らして消し込んでください。"
        )
    lines = list(
        file.lines.filter(outcome=LineOutcome.OPEN).select_related("tranche", "loan").order_by("loan_id", "pk")
    )
    if (len(lines), sum(line.amount for line in lines)) != (count, total):
        raise TransferMoved(
            "送金済みとする件数・金額が、表示していたものと変わりました。確かめてから、もう一度操作してください。"
        )
    ids = [line.pk for line in lines]
    TransferLine.objects.filter(pk__in=ids).update(outcome=LineOutcome.PAID, outcome_on=file.pay_on)
    Tranche.objects.filter(lines__in=ids).update(paid_on=file.pay_on)
    Loan.objects.filter(pk__in={line.loan_id for line in lines}, state=LoanState.APPROVED).update(
        state=LoanState.DISBURSING
    )
    file.reconciled_at = at
    step_written(file, TransferMove.RECONCILE, person=person, by=by, at=at)
    return file, lines


def open_lines(file: TransferFile) -> tuple[int, int]:
    """How many lines of a file have no result yet, and their yen."""
    found = file.lines.filter(outcome=LineOutcome.OPEN).aggregate(count=Count("pk"), total=Sum("amount"))
    return found["count"], found["total"] or 0

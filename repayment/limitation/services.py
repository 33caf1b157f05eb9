"""Writing an acknowledgement down, with the paper that proves it, and withdrawing one that was none."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from accounts.roles import Permission
from audit.actors import Actor
from audit.services import service
from loans.models import Loan
from people.models import Paper
from repayment.arrears.refusals import DunningRefused, must_may
from repayment.enums import AcknowledgementKind
from repayment.models import DebtAcknowledgement
from repayment.services import lock


@service
def record_acknowledgement(
    *,
    loan: Loan,
    kind: str,
    acknowledged_on: date,
    evidence: str,
    paper_id: int | None = None,
    by: Actor,
    at: datetime,
) -> DebtAcknowledgement:
    """Write down that the borrower acknowledged the debt on a day; ``paper_id`` is a paper of theirs, where it is filed."""
    person = must_may(by, Permission.WRITE_CASES, at=at)
    lock(loan)
    if kind not in AcknowledgementKind.values:
        raise DunningRefused("承認の種類を選んでください。", "kind")
    if acknowledged_on > timezone.localtime(at).date():
        raise DunningRefused("承認した日に先の日付は使えません。", "acknowledged_on")
    if acknowledged_on < loan.applied_on:
        raise DunningRefused("承認した日が借入申込日より前です。", "acknowledged_on")
    if not evidence.strip():
        raise DunningRefused("証拠となる書類の名前と保管場所を入力してください。", "evidence")
    paper = None
    if paper_id is not None:
        paper = Paper.objects.filter(pk=paper_id, person=loan.borrower_id).first()
        if paper is None:
            raise DunningRefused("この借受人の書類ではありません。", "paper")
    if DebtAcknowledgement.objects.filter(
        loan=loan, kind=kind, acknowledged_on=acknowledged_on, withdrawn_on__isnull=True
    ).exists():
        raise DunningRefused("同じ日の同じ承認が、すでに記録されています。")
    return DebtAcknowledgement.objects.create(
        loan=loan,
        kind=kind,
        acknowledged_on=acknowledged_on,
        paper=paper,
        evidence=evidence.strip()[:200],
        recorded_by=person,
        recorded_at=at,
    )


@service
def withdraw_acknowledgement(*, acknowledgement_id: int, reason: str, by: Actor, at: datetime) -> DebtAcknowledgement:
    """Count an acknowledgement no longer: it was of another loan, or proves nothing. The row stays."""
    must_may(by, Permission.WRITE_CASES, at=at)
    row = DebtAcknowledgement.objects.select_for_update(of=("self",)).get(pk=acknowledgement_id)
    if row.withdrawn_on is not None:
        raise DunningRefused("この承認は、すでに取り下げられています。")
    if not reason.strip():
        raise DunningRefused("取り下げる理由を入力してください。", "reason")
    row.withdrawn_on, row.withdrawn_reason = timezone.localtime(at).date(), reason.strip()[:200]
    row.save(update_fields=["withdrawn_on", "withdrawn_reason"])
    return row

"""Sanctions on loans obtained by deceit: proposed by one person, agreed to by another (LN-39; Q&A vol. 17, question 28).

From the proposal on, no tranche of the loan is selected: selecting asks for these rows. What an agreed sanction does to
the repayment is written by the floor above (``repayment.sanctions``).
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from loans.deciding.enums import ProposalState, SanctionKind
from loans.enums import LoanState
from loans.models import LendingSanction
from loans.refusals import MovedMeanwhile, NotReady, ReasonMissing
from loans.services.agreeing import agree, open_proposal, reviewer, visible_loan, write
from loans.services.moves import member_of_staff

PAYING_OUT = (LoanState.APPROVED, LoanState.DISBURSING)


@service
def propose_sanction(
    *, loan_id: int, kind: str, reason: str, pay_back_by: date | None = None, by: Actor, at: datetime
) -> LendingSanction:
    """Propose a sanction. ``pay_back_by`` is the day by which the whole sum is asked back (not for a mere stop)."""
    person = reviewer(by, at)
    loan = visible_loan(loan_id, person)
    if kind not in SanctionKind.values:
        raise NotReady("措置を選んでください。")
    if not reason.strip():
        raise ReasonMissing("不正の内容と、確かめた方法を入力してください。")
    if loan.state not in (*PAYING_OUT, LoanState.LENT):
        raise NotReady(f"貸付 {loan.code} は「{loan.get_state_display()}」のため、措置の対象になりません。")
    if kind == SanctionKind.STOP and loan.state not in PAYING_OUT:
        raise NotReady("送金はすべて済んでいます。止める送金がありません。")
    if kind != SanctionKind.STOP:
        if pay_back_by is None:
            raise NotReady("一括償還の期限を入力してください。")
        if pay_back_by <= timezone.localtime(at).date():
            raise NotReady("一括償還の期限には、明日以降の日を入力してください。")
    if loan.sanctions.filter(kind=kind).exclude(state=ProposalState.DROPPED).exists():
        raise MovedMeanwhile("この貸付には、同じ措置がすでに起案されています。")
    return LendingSanction.objects.create(
        loan=loan,
        kind=kind,
        reason=reason.strip()[:400],
        pay_back_by=None if kind == SanctionKind.STOP else pay_back_by,
        proposed_by=person,
        proposed_at=at,
    )


@service
def agree_to_sanction(*, sanction_id: int, by: Actor, at: datetime) -> LendingSanction:
    """Agree to a sanction as a second person."""
    return agree(open_proposal(LendingSanction, sanction_id, member_of_staff(by)), by=by, at=at)


@service
def drop_sanction(*, sanction_id: int, by: Actor, at: datetime) -> LendingSanction:
    """Give up a sanction that is only proposed; the tranches may go out again."""
    person = reviewer(by, at)
    return write(open_proposal(LendingSanction, sanction_id, person), ProposalState.DROPPED, person=person, at=at)

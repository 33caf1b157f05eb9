"""Recording that somebody deferred was offered the self-reliance agency's support (DF-17)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from japan.eras import era_date
from loans.models import Loan
from repayment.deferring.enums import OfferOutcome
from repayment.deferring.refusals import EntryRefused, NotAllowed
from repayment.deferring.services.moves import check_permission, member_of_staff
from repayment.deferring.workflow import ENTER
from repayment.models import AgencyOffer, Deferral


@service
def record_offer(
    *, deferral_id: int, outcome: OfferOutcome, on: date, note: str = "", by: Actor, at: datetime
) -> AgencyOffer:
    """Write down an offer and what became of it. Nothing is handed to the agency here: that takes a basis of its own."""
    person = member_of_staff(by)
    today = timezone.localtime(at).date()
    check_permission(person, ENTER, on=today)
    deferral = Deferral.objects.filter(pk=deferral_id, loan__in=Loan.objects.visible_to(person)).first()
    if deferral is None:
        raise NotAllowed("この猶予は見つかりません。")
    if on > today:
        raise EntryRefused(f"まだ来ていない日（{era_date(on)}）は記録できません。", "on")
    return AgencyOffer.objects.create(
        deferral=deferral, outcome=outcome, on=on, note=note.strip()[:200], by_user=person, at=at
    )

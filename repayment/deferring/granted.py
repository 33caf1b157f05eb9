"""The page of one granted deferral: its months, where it stands, who asks to end it, what was offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from accounts.roles import permissions_of
from accounts.selectors import deputised_supervisor
from repayment.deferring.selectors import Phase, phase_of
from repayment.deferring.services.ending import months_to_end
from repayment.deferring.workflow import DECIDE, ENTER
from repayment.models import AgencyOffer, Deferral, DeferralEnd, DeferralEndRequest
from repayment.position import Position
from repayment.selectors import NoPlan, position_of
from rulebook.selectors import settings_on

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class GrantedPage:
    """Everything the page shows to one reader. ``months_to_end`` is empty where it can no longer end early."""

    phase: Phase
    last_month: int
    early_end: DeferralEnd | None
    application_id: int | None
    position: Position | None
    months_to_end: tuple[int, ...]
    waiting: DeferralEndRequest | None
    answered: tuple[DeferralEndRequest, ...]
    offers: tuple[AgencyOffer, ...]
    may_ask: bool
    may_agree: bool
    may_drop: bool
    may_offer: bool


def granted_page(deferral: Deferral, *, reader: User, on: date) -> GrantedPage:
    """Put the page together; ``deferral`` comes with ``last_month`` and its early end, if any."""
    last: int = deferral.last_month  # type: ignore[attr-defined]  # worked out by the query
    requests = list(deferral.end_requests.select_related("asked_by", "answered_by").order_by("-pk"))
    waiting = next((each for each in requests if not each.answer), None)
    held = permissions_of(reader.roles_on(on))
    decides = bool(held & DECIDE) or deputised_supervisor(reader, on) is not None
    choices = () if hasattr(deferral, "end") else tuple(months_to_end(deferral, today=on))
    own = waiting is not None and waiting.asked_by_id == reader.pk
    decision = getattr(deferral, "decision", None)
    try:
        position = position_of(deferral.loan_id, on)
    except NoPlan:
        position = None
    return GrantedPage(
        phase=phase_of(deferral.from_month, last, on, ahead=settings_on(on).deferral_end_notice_months),
        last_month=last,
        early_end=getattr(deferral, "end", None),
        application_id=decision.request.application_id if decision else None,
        position=position,
        months_to_end=choices,
        waiting=waiting,
        answered=tuple(each for each in requests if each.answer),
        offers=tuple(deferral.agency_offers.select_related("by_user").order_by("-on", "-pk")),
        may_ask=bool(choices) and waiting is None and bool(held & ENTER),
        may_agree=waiting is not None and decides and not own,
        may_drop=waiting is not None and (decides or bool(held & ENTER)),
        may_offer=bool(held & ENTER),
    )

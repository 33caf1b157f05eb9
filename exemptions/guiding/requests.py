"""Forms that somebody asked for on the telephone: sent by post with the letters of the coming night."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from exemptions.guiding.enums import GuideKind
from exemptions.guiding.listing import held_back
from exemptions.models import ExemptionGuide
from exemptions.sheets.gathering import LoanForms
from exemptions.sheets.offering import Offer


class MailingRefused(Exception):
    """Nothing can be sent; ``str()`` is a Japanese sentence for the desk."""


@service
def ask_for_forms(*, chosen: Iterable[tuple[LoanForms, Offer]], by: Actor, at: datetime) -> int:
    """Let forms be sent by post, each once a day however often somebody asks; how many are new.

    Raises ``MailingRefused`` where nothing was chosen, or the borrower is not written to.
    """
    pairs, on = list(chosen), timezone.localdate(at)
    if not pairs:
        raise MailingRefused("郵送する申請書を1枚以上選んでください。")
    held = held_back([forms.loan.pk for forms, _ in pairs], on)
    if held:
        cause = next(iter(held.values()))
        raise MailingRefused(f"{cause.label}のため、郵送できません。お渡しのしかたをご本人と確かめてください。")
    made = 0
    for forms, offer in pairs:
        _, created = ExemptionGuide.objects.get_or_create(
            loan=forms.loan,
            kind=GuideKind.ON_REQUEST,
            fiscal_year=offer.fiscal_year,
            listed_on=on,
            defaults={"ready_on": on, "asked_by_id": by.user_id},
        )
        made += created
    return made

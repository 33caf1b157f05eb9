"""The one word for how an agreement to pay less stands on a day. Told from its row and the ledger, never stored."""

from __future__ import annotations

from datetime import date

from django.db import models

from japan.months import first_day
from loans.deciding.enums import ProposalState
from repayment.agreements.keeping import Keeping
from repayment.models import SmallRepaymentAgreement


class AgreementStatus(models.TextChoices):
    PROPOSED = "proposed", "決裁待ち"
    DROPPED = "dropped", "取りやめ"
    TO_COME = "to_come", "開始前"
    KEPT = "kept", "約束どおり"
    BEHIND = "behind", "約束に届かない"
    ENDED = "ended", "終了"
    OVER = "over", "期間満了"

    @property
    def meaning(self) -> str:
        """What the word means for the eye: "", key, caution, stop or done."""
        return _MEANINGS.get(self, "")


_MEANINGS = {
    AgreementStatus.PROPOSED: "caution",
    AgreementStatus.TO_COME: "key",
    AgreementStatus.KEPT: "done",
    AgreementStatus.BEHIND: "stop",
}


def status_of(agreement: SmallRepaymentAgreement, kept: Keeping | None, *, on: date) -> AgreementStatus:
    """How an agreement stands on a day; ``kept`` is None for a loan without a position."""
    if agreement.state == ProposalState.PROPOSED:
        return AgreementStatus.PROPOSED
    if agreement.state == ProposalState.DROPPED:
        return AgreementStatus.DROPPED
    if agreement.ended_on is not None and agreement.ended_on <= on:
        return AgreementStatus.ENDED
    if on > agreement.last_day:
        return AgreementStatus.OVER
    if on < first_day(agreement.from_month):
        return AgreementStatus.TO_COME
    return AgreementStatus.BEHIND if kept is not None and not kept.is_kept else AgreementStatus.KEPT


def is_due_for_review(agreement: SmallRepaymentAgreement, *, on: date) -> bool:
    """Whether the day on which an agreement is to be looked at again has come, and nobody ended or renewed it."""
    return agreement.state == ProposalState.AGREED and agreement.ended_on is None and agreement.review_on <= on

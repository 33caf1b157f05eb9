"""Agreements to pay less: proposed by one person, agreed to by another, ended or renewed. Amounts in yen, months as index."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from audit.actors import Actor
from audit.services import service
from japan.eras import era_date, era_month
from japan.months import first_day, last_day, month_index
from japan.yen import yen
from loans.deciding.enums import ProposalState
from loans.models import Loan
from repayment.enums import AgreementEnd, DeferralGround
from repayment.models import SmallRepaymentAgreement
from repayment.position import Position
from repayment.proposing import (
    ENTERING,
    HANDLING,
    LONGEST_REASON,
    acting,
    day_of,
    decider,
    locked,
    open_proposal,
    repaid_loan,
    write,
)
from repayment.refusals import MovedMeanwhile, RepaymentRefused
from repayment.selectors import NoPlan, position_of
from rulebook.selectors import settings_on
from rulebook.settings import Settings

LONGEST = 60


@service
def propose_agreement(
    *,
    loan_id: int,
    asked_on: date,
    ground: str,
    monthly_amount: int,
    from_month: int,
    months: int,
    review_on: date,
    reason: str,
    by: Actor,
    at: datetime,
) -> SmallRepaymentAgreement:
    """Propose to take ``monthly_amount`` yen a month for a time. Every refusal is a ``RepaymentRefused``; nothing is written.

    It renews the agreement that stands on the loan, where there is one.
    """
    person = acting(by, at, ENTERING)
    loan, day = repaid_loan(loan_id, person), day_of(at)
    if not reason.strip():
        raise RepaymentRefused("事情を入力してください。", "reason")
    if ground not in DeferralGround.values:
        raise RepaymentRefused("当てはまる事情を選んでください。", "ground")
    if asked_on > day:
        raise RepaymentRefused("申出日に先の日付は使えません。", "asked_on")
    check_terms(
        loan, monthly_amount=monthly_amount, from_month=from_month, months=months, review_on=review_on,
        asked_on=asked_on, day=day,
    )  # fmt: skip
    if loan.agreements.filter(state=ProposalState.PROPOSED).exists():
        raise MovedMeanwhile("この貸付には、決裁を待っている少額返済がすでにあります。")
    return SmallRepaymentAgreement.objects.create(
        loan=loan,
        asked_on=asked_on,
        ground=ground,
        monthly_amount=monthly_amount,
        from_month=from_month,
        months=months,
        review_on=review_on,
        reason=reason.strip()[:LONGEST_REASON],
        renews=standing_on(loan),
        proposed_by=person,
        proposed_at=at,
    )


@service
def agree_to_agreement(*, agreement_id: int, by: Actor, at: datetime) -> SmallRepaymentAgreement:
    """Agree as a second person. The agreement it renews ends where the new one begins, or where it was to end anyway."""
    person, supervisor = decider(peek(agreement_id), by=by, at=at)
    agreement = open_proposal(SmallRepaymentAgreement, agreement_id, person)
    repaid_loan(agreement.loan_id, person)
    check_terms(
        agreement.loan, monthly_amount=agreement.monthly_amount, from_month=agreement.from_month,
        months=agreement.months, review_on=agreement.review_on, asked_on=agreement.asked_on, day=day_of(at),
    )  # fmt: skip
    earlier = standing_on(agreement.loan)
    if (earlier.pk if earlier else None) != agreement.renews_id:
        raise MovedMeanwhile("起案のあとで、この貸付の少額返済が変わりました。取りやめて、起案し直してください。")
    if earlier is not None:
        until = min(earlier.last_month, max(agreement.from_month - 1, earlier.from_month))
        end(earlier, on=last_day(until), because=AgreementEnd.RENEWED, note="", person=person, at=at)
    return write(agreement, ProposalState.AGREED, person=person, supervisor=supervisor, at=at)


@service
def drop_agreement(*, agreement_id: int, by: Actor, at: datetime) -> SmallRepaymentAgreement:
    """Give up an agreement that is only proposed."""
    person = acting(by, at, HANDLING)
    agreement = open_proposal(SmallRepaymentAgreement, agreement_id, person)
    return write(agreement, ProposalState.DROPPED, person=person, at=at)


@service
def end_agreement(*, agreement_id: int, because: str, note: str, by: Actor, at: datetime) -> SmallRepaymentAgreement:
    """End an agreement with the day of the moment, before its last month."""
    person = acting(by, at, HANDLING)
    agreement = locked(SmallRepaymentAgreement, agreement_id, person)
    if agreement.state != ProposalState.AGREED or agreement.ended_on is not None:
        raise MovedMeanwhile("この少額返済は、続いていません。")
    if because not in AgreementEnd.values or because == AgreementEnd.RENEWED:
        raise RepaymentRefused("終了の理由を選んでください。", "because")
    day = day_of(at)
    if day > agreement.last_day:
        raise RepaymentRefused(f"この少額返済は、{era_date(agreement.last_day)}に期間が満了しています。")
    return end(agreement, on=day, because=AgreementEnd(because), note=note, person=person, at=at)


def end(
    agreement: SmallRepaymentAgreement, *, on: date, because: AgreementEnd, note: str, person: Any, at: datetime
) -> SmallRepaymentAgreement:
    """Write down with which day an agreement ends, and why."""
    agreement.ended_on, agreement.ended_because, agreement.end_note = on, because, note.strip()[:LONGEST_REASON]
    agreement.ended_by, agreement.ended_at = person, at
    agreement.save(update_fields=["ended_on", "ended_because", "end_note", "ended_by", "ended_at"])
    return agreement


def standing_on(loan: Loan) -> SmallRepaymentAgreement | None:
    """The agreement of a loan that was neither ended nor renewed; its months may be over."""
    return SmallRepaymentAgreement.objects.standing().filter(loan=loan).order_by("-from_month").first()


def peek(agreement_id: int) -> SmallRepaymentAgreement:
    """The proposal as it is, before anything is locked; who proposed it never changes."""
    found = SmallRepaymentAgreement.objects.filter(pk=agreement_id).first()
    if found is None:
        raise MovedMeanwhile("この起案は見つかりません。")
    return found


# --- what the terms must be -------------------------------------------------------------------------


def check_terms(
    loan: Loan, *, monthly_amount: int, from_month: int, months: int, review_on: date, asked_on: date, day: date
) -> None:
    """Refuse terms that are none of small repayment on a day, each by the field that is wrong."""
    try:
        now = position_of(loan.pk, day)
    except NoPlan:
        raise RepaymentRefused("この貸付には、償還計画がまだありません。") from None
    settings = settings_on(day)
    if not now.outstanding:
        raise RepaymentRefused("元金は残っていません。少額返済の約束は要りません。")
    check_amount(now, monthly_amount, settings)
    check_months(loan, now, from_month=from_month, months=months, asked_on=asked_on)
    check_review(review_on, from_month=from_month, months=months, day=day, settings=settings)


def check_amount(now: Position, monthly_amount: int, settings: Settings) -> None:
    if monthly_amount < settings.small_repayment_min:
        raise RepaymentRefused(
            f"月額は{yen(settings.small_repayment_min)}以上にしてください（設定「少額返済の最低月額」）。",
            "monthly_amount",
        )
    if monthly_amount >= now.plan.month_worth:
        raise RepaymentRefused(
            f"約定の月額（{yen(now.plan.month_worth)}）以上です。少額返済は、約定より少ない額を返すときの約束です。",
            "monthly_amount",
        )


def check_months(loan: Loan, now: Position, *, from_month: int, months: int, asked_on: date) -> None:
    if not 1 <= months <= LONGEST:
        raise RepaymentRefused(f"月数は1か月から{LONGEST}か月までで入力してください。", "months")
    begins = max(month_index(asked_on), now.plan.first_month)
    if from_month < begins:
        raise RepaymentRefused(
            f"開始月は{era_month(begins)}以降にしてください（申出の月と償還の開始より前にはできません）。",
            "from_month",
        )
    if from_month > month_index(now.as_of) + 12:
        raise RepaymentRefused("開始月は1年以内の月にしてください。", "from_month")
    for shift in now.deferrals:
        if shift.from_month < from_month + months and from_month < shift.from_month + shift.months:
            raise RepaymentRefused(
                f"{era_month(shift.from_month)}から{shift.months}か月は償還を猶予しています。"
                "猶予の間に期日の来る分はありません。",
                "from_month",
            )
    earlier = standing_on(loan)
    if earlier is not None and from_month <= earlier.from_month:
        raise RepaymentRefused(
            f"{era_month(earlier.from_month)}からの少額返済が続いています。"
            "それより後の月から改めるか、先に終了を記録してください。",
            "from_month",
        )


def check_review(review_on: date, *, from_month: int, months: int, day: date, settings: Settings) -> None:
    latest = last_day(from_month + min(months, settings.small_repayment_review_months) - 1)
    if review_on <= day or review_on < first_day(from_month):
        raise RepaymentRefused("見直し日は、開始月より後の、明日以降の日にしてください。", "review_on")
    if review_on > latest:
        raise RepaymentRefused(
            f"見直し日は{era_date(latest)}までにしてください"
            f"（設定「少額返済を見直す間隔」{settings.small_repayment_review_months}か月）。",
            "review_on",
        )

"""The groups of the deferral desk and their rows, in one shape for one table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from japan.eras import era_date, era_month
from repayment.deferring import selectors
from repayment.deferring.enums import DeferralState, EndReason, OfferOutcome
from repayment.enums import DeferralGround
from repayment.models import DeferralApplication, DeferralEndRequest, DeferralRequest
from rulebook.selectors import settings_on

if TYPE_CHECKING:
    from accounts.models import User

WORK = ("to_decide", "incomplete", "ends", "to_connect", "ending", "running")
"""The groups in the order in which one of them is shown to somebody who asked for none."""

_EMPTY = {
    "to_decide": ("決裁を待っている申請はありません。", "書類がそろった猶予申請がここに並びます。"),
    "incomplete": ("書類を待っている申請はありません。", "確認する書類がまだ届いていない申請がここに並びます。"),
    "ends": ("確認を待っている終了の依頼はありません。", "猶予を途中で終える依頼がここに並びます。"),
    "ending": ("終わりが近い猶予はありません。", "終了のお知らせを送る時期になった猶予がここに並びます。"),
    "running": ("猶予中の貸付はありません。", "承認した猶予の期間に入った貸付がここに並びます。"),
    "to_connect": (
        "猶予中で、自立相談支援機関につないでいない人はいません。",
        "猶予中または開始前で、相談につながった記録のない借受人がここに並びます。",
    ),
    "declined": ("相談を希望しない人はいません。", "案内して、希望しないと答えた借受人がここに並びます。"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """One group: its name in the address, its words, and how many rows it has."""

    name: str
    label: str
    number: int
    empty_title: str
    empty_text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: who, about what, how it stands, since or until when, and where it leads."""

    person_id: int
    name: str
    kana: str
    about: str
    state: str
    meaning: str
    when: str
    url: str
    link: str


def groups(user: User, on: date) -> list[Group]:
    """Every group with its number."""
    found = selectors.counts(user, on)
    labels = {
        "to_decide": ("決裁待ち", found.to_decide),
        "incomplete": ("書類待ち", found.incomplete),
        "ends": ("終了の確認待ち", found.ends),
        "ending": ("まもなく終了", found.ending),
        "running": ("猶予中", found.running),
        "to_connect": ("猶予中でまだつないでいない人", found.to_connect),
        "declined": ("相談を希望しない人", found.declined),
    }
    return [Group(name, label, number, *_EMPTY[name]) for name, (label, number) in labels.items()]


def rows_of(name: str, user: User, on: date) -> QuerySet[Any]:
    """The rows of a group, oldest or soonest first."""
    if name in ("to_decide", "incomplete"):
        rows = selectors.to_decide(user) if name == "to_decide" else selectors.waiting_for_papers(user)
        loans = DeferralRequest.objects.select_related("loan").order_by("loan__code")
        return (
            rows.select_related("borrower")
            .prefetch_related(Prefetch("requests", queryset=loans))
            .order_by("received_on", "pk")
        )
    if name == "ends":
        return selectors.ends_to_answer(user).select_related("deferral__loan__borrower").order_by("asked_at", "pk")
    if name in ("to_connect", "declined"):
        people = selectors.to_connect(user, on) if name == "to_connect" else selectors.declined(user, on)
        return people.order_by("last_deferred", "kana", "pk")
    deferrals = selectors.deferrals_of(user).select_related("loan__borrower")
    chosen = selectors.ending(deferrals, on) if name == "ending" else selectors.running(deferrals, on)
    return chosen.order_by("last_month", "loan__borrower__kana", "pk")


def shown(name: str, rows: Iterable[Any], on: date) -> list[Row]:
    """The rows of a page in words."""
    if name in ("to_decide", "incomplete"):
        return [_application(row) for row in rows]
    if name == "ends":
        return [_end(row) for row in rows]
    if name in ("to_connect", "declined"):
        return [_person(row) for row in rows]
    ahead = settings_on(on).deferral_end_notice_months
    return [_deferral(row, on, ahead) for row in rows]


def _application(row: DeferralApplication) -> Row:
    loans = "、".join(f"{request.loan.get_fund_display()} {request.loan.code}" for request in row.requests.all())
    return Row(
        person_id=row.borrower_id,
        name=row.borrower.name,
        kana=row.borrower.kana,
        about=f"{DeferralGround(row.ground).label}　{loans}",
        state=row.get_state_display(),
        meaning=DeferralState(row.state).meaning,
        when=f"{era_date(row.received_on)}受付",
        url=reverse("repayment:deferral", args=[row.pk]),
        link=str(row),
    )


def _end(row: DeferralEndRequest) -> Row:
    loan = row.deferral.loan
    return Row(
        person_id=loan.borrower_id,
        name=loan.borrower.name,
        kana=loan.borrower.kana,
        about=f"{loan.get_fund_display()} {loan.code}　{EndReason(row.reason).label}",
        state="確認待ち",
        meaning="key",
        when=f"{era_month(row.ends_after)}で終える",
        url=reverse("repayment:deferral_end", args=[row.deferral_id]),
        link=loan.code,
    )


def _deferral(row: Any, on: date, ahead: int) -> Row:
    last = row.last_month
    phase = selectors.phase_of(row.from_month, last, on, ahead=ahead)
    return Row(
        person_id=row.loan.borrower_id,
        name=row.loan.borrower.name,
        kana=row.loan.borrower.kana,
        about=row.loan.get_fund_display(),
        state=str(phase.label),
        meaning=phase.meaning,
        when=f"{era_month(row.from_month)}から{era_month(last)}まで",
        url=reverse("repayment:deferral_end", args=[row.pk]),
        link=row.loan.code,
    )


def _person(row: Any) -> Row:
    offer, last, deferral = row.offer, row.last_deferred, row.newest_deferral
    return Row(
        person_id=row.pk,
        name=row.name,
        kana=row.kana,
        about=row.number,
        state=str(OfferOutcome(offer).label) if offer else "まだ案内していない",
        meaning="" if offer else "caution",
        when=f"{era_month(last)}まで猶予",
        url=reverse("repayment:deferral_end", args=[deferral]),
        link="案内を記録する",
    )

"""Opening balances: what had been paid and exempted on the day of the change, as ledger rows of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from japan.yen import yen
from loans.models import Loan
from repayment.bulk import lock_all
from repayment.enums import LedgerKind
from repayment.models import LedgerEntry, OpeningBalance, RepaymentPlan
from repayment.services import PostingRefused

PRIOR_EXEMPTION = "prior-decision:"
"""What the source key of an exemption begins with that the other system had decided (with a row of its own)."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the other system says about a loan on the day of the change; amounts in yen."""

    loan: Loan
    day: date
    principal: int
    paid: int
    exempted: int
    arrears: int


@dataclass(frozen=True, slots=True)
class Opened:
    """The rows that one opening balance consists of."""

    balance: OpeningBalance
    entries: tuple[LedgerEntry, ...]


@service
def open_balances(
    *, openings: Sequence[Opening], batch_id: int, by: Actor, at: datetime
) -> list[Opened | PostingRefused]:
    """Write opening balances; for each, in order, its rows or why not. Once only for each loan.

    What was paid counts as one payment of that day. What was exempted fills the last instalments of the plan first; as far
    as decisions of the other system were taken in before, it stands in the ledger already.
    """
    keys = {opening.loan.pk for opening in openings}
    lock_all(keys)
    plans: dict[int, RepaymentPlan] = {}
    for plan in RepaymentPlan.objects.filter(loan__in=keys).order_by("version"):
        plans[plan.loan_id] = plan
    opened = set(OpeningBalance.objects.filter(loan__in=keys).values_list("loan_id", flat=True))
    days = {opening.loan.pk: opening.day for opening in openings}
    posted, decided = posted_before(days), exempted_by_decision(days)
    today = timezone.localtime(at).date()
    answers: list[Opened | PostingRefused] = []
    for opening in openings:
        try:
            refuse(opening, plans.get(opening.loan.pk), opened=opened, posted=posted, today=today)
            rest = opening.exempted - decided.get(opening.loan.pk, 0)
            if rest < 0:
                raise PostingRefused(
                    f"免除済額が、登録済みの移行前の免除決定（{yen(opening.exempted - rest)}）より少なくなっています。"
                )
            answers.append(_rows(opening, rest, plans[opening.loan.pk], batch_id=batch_id, by=by, at=at))
        except PostingRefused as refusal:
            answers.append(refusal)
    found = [answer for answer in answers if isinstance(answer, Opened)]
    LedgerEntry.objects.bulk_create([entry for one in found for entry in one.entries])
    OpeningBalance.objects.bulk_create([one.balance for one in found])
    return answers


def refuse(opening: Opening, plan: RepaymentPlan | None, *, opened: set[int], posted: set[int], today: date) -> None:
    """``PostingRefused`` for what cannot be a loan's balance of that day."""
    if opening.loan.pk in opened:
        raise PostingRefused("この貸付の開始残高はすでに登録されています。")
    if opening.loan.pk in posted:
        raise PostingRefused("移行日までの入金または免除がすでに記帳されています。開始残高と二重になります。")
    if plan is None:
        raise PostingRefused("この貸付には償還計画がありません。")
    if opening.day > today:
        raise PostingRefused("移行日に先の日付は使えません。")
    if opening.principal != opening.loan.principal:
        raise PostingRefused(f"元金が登録済みの貸付金額（{yen(opening.loan.principal)}）と違います。")
    if opening.paid + opening.exempted > opening.principal:
        raise PostingRefused("入金済額と免除済額の合計が元金を超えています。")


def posted_before(days: dict[int, date]) -> set[int]:
    """Loans with payments or exemptions up to the day given for each, apart from what an undo took back.

    Decisions of the other system are no obstacle: an opening balance counts them in.
    """
    rows = LedgerEntry.objects.filter(loan__in=days, kind__in=[LedgerKind.PAID, LedgerKind.EXEMPTED])
    rows = rows.exclude(source_key__startswith=PRIOR_EXEMPTION)
    standing = rows.exclude(reversed_by__source_key__startswith="undo:").values_list("loan_id", "effective_on")
    return {loan for loan, effective_on in standing if effective_on <= days[loan]}


def exempted_by_decision(days: dict[int, date]) -> dict[int, int]:
    """Yen that decisions of the other system took away from each loan up to its day, as they stand in the ledger."""
    rows = LedgerEntry.objects.filter(loan__in=days, source_key__startswith=PRIOR_EXEMPTION, reversed_by__isnull=True)
    found: dict[int, int] = {}
    for loan, effective_on, amount in rows.values_list("loan_id", "effective_on", "amount"):
        if effective_on <= days[loan]:
            found[loan] = found.get(loan, 0) + amount
    return found


def _rows(opening: Opening, exempted: int, plan: RepaymentPlan, *, batch_id: int, by: Actor, at: datetime) -> Opened:
    common = {"loan": opening.loan, "effective_on": opening.day, "recorded_at": at, "recorded_by": by.label}
    key, entries = f"opening:{batch_id}:{opening.loan.code}", []
    if opening.paid:
        entries.append(
            LedgerEntry(
                **common, kind=LedgerKind.PAID, amount=opening.paid, source_key=f"{key}:paid", note="移行日までの入金"
            )
        )
    if exempted:
        entries.append(
            LedgerEntry(
                **common, kind=LedgerKind.EXEMPTED, amount=exempted, source_key=f"{key}:exempted",
                plan=plan, first_no=1, last_no=plan.count, note="移行日までの免除",
            )
        )  # fmt: skip
    balance = OpeningBalance(
        loan=opening.loan,
        batch_id=batch_id,
        day=opening.day,
        principal=opening.principal,
        paid=opening.paid,
        exempted=opening.exempted,
        arrears=opening.arrears,
        recorded_at=at,
        recorded_by=by.label,
    )
    return Opened(balance, tuple(entries))

"""Small repayments and plan changes in every state they can be in, entered and decided through the services.

Whoever pays small sums gets an agreement that is kept, whoever pays nothing one that is not; who is ahead drops the latest
instalments. A loan on which a step is refused (deferred, settled …) is passed over for the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q

from accounts.models import User
from audit.actors import Actor
from japan.bankdays import add_bank_days
from japan.months import first_day, last_day, month_index
from loans.enums import FundKind, LoanState
from loans.models import Loan
from repayment.agreements.services import (
    agree_to_agreement,
    drop_agreement,
    end_agreement,
    propose_agreement,
)
from repayment.enums import AgreementEnd, DeferralGround, LedgerKind, PlanReason
from repayment.models import PlanChange, SmallRepaymentAgreement
from repayment.refusals import RepaymentRefused
from repayment.replanning.services import agree_to_plan_change, drop_plan_change, outlook, propose_plan_change, wish_of
from repayment.selectors import positions_of

TOKYO = ZoneInfo("Asia/Tokyo")
SMALL_SUM = 3_000
LOOKED_AT = 400
Done = TypeVar("Done")


def ease_repayment(as_of: date) -> None:
    """Write agreements and plan changes of every state. Called inside ``make``."""
    people = {name: Actor.person(user) for name, user in User.objects.in_bulk(_STAFF, field_name="username").items()}
    stories = Stories(as_of, people)
    stories.agree()
    stories.change_plans()


_STAFF = ("ken01", "ken02", "kessai01", "kessai02")


class Stories:
    """What was agreed and changed, on which loans, by whom."""

    def __init__(self, as_of: date, people: dict[str, Actor]) -> None:
        self.as_of, self.month = as_of, month_index(as_of)
        self.clerk, self.other_clerk = people["ken01"], people["ken02"]
        self.supervisor, self.other_supervisor = people["kessai01"], people["kessai02"]
        loans = Loan.objects.filter(fund=FundKind.SP_GS_INITIAL, state=LoanState.LENT).annotate(
            payments=Count("entries", filter=Q(entries__kind=LedgerKind.PAID)),
            largest=Max("entries__amount", filter=Q(entries__kind=LedgerKind.PAID)),
        )
        untouched = loans.filter(deferrals__isnull=True, applications__isnull=True, holds__isnull=True).order_by("pk")
        self.payers = iter(list(untouched.filter(payments__gte=10, largest__lte=SMALL_SUM)[:LOOKED_AT]))
        self.silent = iter(list(untouched.filter(payments=0)[:LOOKED_AT]))
        regular = list(untouched.filter(payments__gte=10, largest__gt=SMALL_SUM)[:LOOKED_AT])
        positions = positions_of(regular, as_of)
        self.behind = iter([loan for loan in regular if loan.pk in positions and positions[loan.pk].arrears])
        self.ahead = iter([loan for loan in regular if loan.pk in positions and positions[loan.pk].paid_ahead])

    # --- agreements ---

    def agree(self) -> None:
        """One agreement of each kind; the one of yesterday has its letter tonight."""
        month, today = self.month, add_bank_days(self.as_of, -1)
        self.on_the_next(self.payers, lambda loan: self.proposed(loan, today, month + 1))
        self.on_the_next(self.payers, lambda loan: self.agreed(loan, today, month + 1))
        self.on_the_next(self.payers, lambda loan: self.agreed(loan, _in(month - 5), month - 4))
        self.on_the_next(self.silent, lambda loan: self.agreed(loan, _in(month - 7), month - 6))
        self.on_the_next(self.payers, self.due_for_review)
        self.on_the_next(self.payers, self.renewed)
        self.on_the_next(self.payers, self.ended)
        self.on_the_next(self.payers, lambda loan: self.dropped(loan, today))

    def proposed(
        self, loan: Loan, on: date, from_month: int, *, months: int = 12, review_on: date | None = None
    ) -> SmallRepaymentAgreement:
        return propose_agreement(
            loan_id=loan.pk,
            asked_on=on,
            ground=DeferralGround.UNEMPLOYED if loan.pk % 2 else DeferralGround.ILLNESS,
            monthly_amount=1_000,
            from_month=from_month,
            months=months,
            review_on=review_on or first_day(from_month + months - 1),
            reason="収入が減り、計画の額は払えないが、少しずつなら払いたいとの申出。",
            by=self.clerk,
            at=_at(on),
        )

    def agreed(
        self, loan: Loan, on: date, from_month: int, *, months: int = 12, review_on: date | None = None
    ) -> SmallRepaymentAgreement:
        agreement = self.proposed(loan, on, from_month, months=months, review_on=review_on)
        return agree_to_agreement(agreement_id=agreement.pk, by=self.supervisor, at=_at(on, 15))

    def due_for_review(self, loan: Loan) -> None:
        begins = self.month - 11
        self.agreed(loan, _in(begins - 1), begins, months=24, review_on=last_day(self.month - 1))

    def renewed(self, loan: Loan) -> None:
        begins = self.month - 13
        self.agreed(loan, _in(begins - 1), begins)
        self.agreed(loan, _in(begins + 11), begins + 12)

    def ended(self, loan: Loan) -> None:
        agreement = self.agreed(loan, _in(self.month - 6), self.month - 5)
        end_agreement(
            agreement_id=agreement.pk, because=AgreementEnd.BACK_TO_PLAN, note="再就職し、計画どおりに払えるようになった。",
            by=self.other_clerk, at=_at(_in(self.month - 2)),
        )  # fmt: skip

    def dropped(self, loan: Loan, on: date) -> None:
        agreement = self.proposed(loan, on, self.month + 1)
        drop_agreement(agreement_id=agreement.pk, by=self.clerk, at=_at(on, 16))

    # --- plan changes ---

    def change_plans(self) -> None:
        """One plan change of each kind; the ones decided yesterday have their letters tonight."""
        today = add_bank_days(self.as_of, -1)
        self.on_the_next(self.behind, lambda loan: self.asked(loan, today, months_left=True))
        self.on_the_next(self.behind, lambda loan: self.decided(self.asked(loan, today, months_left=True), today))
        self.on_the_next(self.ahead, lambda loan: self.asked(loan, today, months_left=False))
        self.on_the_next(self.ahead, lambda loan: self.decided(self.asked(loan, today, months_left=False), today))
        self.on_the_next(
            self.behind,
            lambda loan: drop_plan_change(
                change_id=self.asked(loan, today, months_left=True).pk, by=self.clerk, at=_at(today, 16)
            ),
        )

    def asked(self, loan: Loan, on: date, *, months_left: bool) -> PlanChange:
        """Ask to spread what is left over the months left, or to drop the latest instalments."""
        from_month = month_index(on) + 1
        return propose_plan_change(
            loan_id=loan.pk,
            kind=PlanReason.PLAN_CHANGE if months_left else PlanReason.EARLY_REPAYMENT,
            asked_on=on,
            from_month=from_month,
            count=loan.first_due_month + loan.instalments - from_month if months_left else None,
            reason="滞納を分けて返したいとの申出。" if months_left else "多く納めた分、早く返し終わりたいとの申出。",
            by=self.other_clerk,
            at=_at(on),
        )

    def decided(self, change: PlanChange, on: date) -> PlanChange:
        seen = outlook(change.loan, wish_of(change), on=on).fingerprint
        return agree_to_plan_change(change_id=change.pk, seen=seen, by=self.other_supervisor, at=_at(on, 15))

    def on_the_next(self, loans: Iterator[Loan], step: Callable[[Loan], Done]) -> Done | None:
        """Take a step on the first loan that allows it."""
        for loan in loans:
            try:
                return step(loan)
            except RepaymentRefused:
                continue
        return None


def _in(month: int) -> date:
    """A day at a desk in a month."""
    return add_bank_days(first_day(month), 9)


def _at(day: date, hour: int = 11) -> datetime:
    return datetime.combine(day, time(hour), TOKYO)

"""What happens to a signed deed (借用書): handed out, taken in without a date, dated when the money is paid, given back.

Sources: MHLW Q&A vol. 17, question 24 (handed in together with the form, returned where nothing is lent); the regular
loan's list of papers (undated).
"""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Min
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.services import service
from japan.eras import era_date
from loans.enums import DeedState
from loans.models import LendingApplication, LoanDeed, Tranche
from loans.models.deeds import FRUITLESS
from loans.refusals import LendingRefused, NotAllowed
from people.enums import PaperKind
from people.papers import record_paper


class DeedRefused(LendingRefused):
    """The deed is not where the step needs it; the sentence says what to do."""


@service
def hand_out_deed(*, application_id: int, user: User, amount: int | None, by: Actor, at: datetime) -> LoanDeed:
    """A deed was printed for ``amount`` yen and handed over. Printed again before it came back: the same row."""
    application = _locked(application_id, user)
    if application.state in FRUITLESS:
        raise DeedRefused(f"この申込みは「{application.get_state_display()}」のため、借用書を渡せません。")
    deed = _out(application)
    today = timezone.localtime(at).date()
    if deed is None:
        return LoanDeed.objects.create(application=application, amount=amount, printed_on=today, printed_by=user)
    if deed.state != DeedState.PRINTED:
        raise DeedRefused("この申込みの借用書はお預かりしています。差し替えるときは、先に返却を記録してください。")
    deed.amount, deed.printed_on, deed.printed_by = amount, today, user
    deed.save(update_fields=["amount", "printed_on", "printed_by"])
    return deed


@service
def take_in_deed(*, application_id: int, user: User, received_on: date, by: Actor, at: datetime) -> LoanDeed:
    """The signed deed came in, without a date: it is a paper of the person from now on, and not asked for any more.

    One that was not printed here is taken in just so.
    """
    application = _locked(application_id, user)
    _not_to_come(received_on, at)
    deed = _out(application)
    if deed is None:
        deed = LoanDeed(application=application, printed_on=received_on, printed_by=user)
    elif deed.state != DeedState.PRINTED:
        raise DeedRefused(f"借用書は{_day(deed.received_on)}に受け取っています。")
    elif received_on < deed.printed_on:
        raise DeedRefused(f"受け取った日が、渡した日（{era_date(deed.printed_on)}）より前になっています。")
    deed.state, deed.received_on, deed.received_by = DeedState.RECEIVED, received_on, user
    deed.save()
    record_paper(
        person=application.applicant, kind=PaperKind.LOAN_DEED, received_on=received_on, issued_on=None,
        source_key=f"deed:{deed.pk}", by=by, at=at,
    )  # fmt: skip
    return deed


@service
def date_deed(*, application_id: int, user: User, by: Actor, at: datetime) -> LoanDeed:
    """The day on which the first money was paid was written on the deed: that day and no other (K-9)."""
    application = _locked(application_id, user)
    deed = _held(application)
    if deed.state == DeedState.DATED:
        raise DeedRefused(f"借用書には{_day(deed.dated_on)}の日付が記入されています。")
    paid_on = first_paid_on(application)
    if paid_on is None:
        raise DeedRefused("まだ送金していません。借用書の日付は、送金した日に記入します。")
    deed.state, deed.dated_on, deed.dated_by = DeedState.DATED, paid_on, user
    deed.save(update_fields=["state", "dated_on", "dated_by"])
    return deed


@service
def give_back_deed(*, application_id: int, user: User, returned_on: date, by: Actor, at: datetime) -> LoanDeed:
    """The deed went back: nothing is lent (LN-38), or another amount was decided and a new one is needed."""
    application = _locked(application_id, user)
    _not_to_come(returned_on, at)
    deed = _held(application)
    if deed.state == DeedState.DATED:
        raise DeedRefused("日付を記入した借用書は、返済が終わるまで保管します。")
    if application.state not in FRUITLESS and not other_amount_decided(application, deed):
        raise DeedRefused("この申込みは手続き中です。借用書は決定までお預かりします。")
    if deed.received_on is not None and returned_on < deed.received_on:
        raise DeedRefused(f"返した日が、受け取った日（{era_date(deed.received_on)}）より前になっています。")
    deed.state, deed.returned_on, deed.returned_by = DeedState.RETURNED, returned_on, user
    deed.save(update_fields=["state", "returned_on", "returned_by"])
    return deed


def amount_to_sign(application: LendingApplication) -> int | None:
    """The yen a deed is for: what was decided, else what is asked for; None where nobody said yet."""
    if application.loan is not None:
        return application.loan.principal
    if application.amount_asked is not None:
        return application.amount_asked
    if application.monthly_amount and application.months:
        return application.monthly_amount * application.months
    return None


def first_paid_on(application: LendingApplication) -> date | None:
    """The day on which the first money of an application was paid."""
    if application.loan_id is None:
        return None
    found: date | None = Tranche.objects.filter(loan=application.loan_id).aggregate(day=Min("paid_on"))["day"]
    return found


def other_amount_decided(application: LendingApplication, deed: LoanDeed) -> bool:
    """Whether less or more is lent than the deed was printed for, so that another one has to be signed."""
    return application.loan is not None and deed.amount is not None and application.loan.principal != deed.amount


def _locked(application_id: int, user: User) -> LendingApplication:
    if not (user.can(Permission.ENTER_LENDING) or user.can(Permission.REVIEW_LENDING)):
        raise NotAllowed("借用書を扱う権限がありません。")
    if not LendingApplication.objects.visible_to(user).filter(pk=application_id).exists():
        raise NotAllowed("この申込みは見つかりません。")
    return (
        LendingApplication.objects.select_for_update(of=("self",))
        .select_related("loan", "applicant")
        .get(pk=application_id)
    )


def _out(application: LendingApplication) -> LoanDeed | None:
    return application.deeds.exclude(state=DeedState.RETURNED).select_for_update(of=("self",)).first()


def _held(application: LendingApplication) -> LoanDeed:
    deed = _out(application)
    if deed is None or deed.state == DeedState.PRINTED:
        raise DeedRefused("この申込みの借用書は、お預かりしていません。")
    return deed


def _not_to_come(day: date, at: datetime) -> None:
    if day > timezone.localtime(at).date():
        raise DeedRefused("先の日付は使えません。")


def _day(day: date | None) -> str:
    return era_date(day) if day else "以前"

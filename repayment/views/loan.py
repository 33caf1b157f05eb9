"""The ledger page of one loan, on two clocks: as of a day, and as known on a day."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from japan.eras import DateError, era_date, parse_date
from loans.models import Loan
from repayment.account import account_of
from repayment.agreements.selectors import rows_of
from repayment.payments import PaymentForm

YEARS_AHEAD = 30


@require_GET
@permission(Permission.SEE_CASES)
def loan(request: HttpRequest, pk: int) -> HttpResponse:
    """One loan's money as of a day (``?on=``) as known on a day (``?known=``), in any way of writing a date."""
    return loan_page(request, visible_loan(request, pk))


def loan_page(
    request: HttpRequest, row: Loan, *, payment_form: PaymentForm | None = None, status: int = 200
) -> HttpResponse:
    """The page, for whoever came to it or was refused a payment on it."""
    user, today = cast(User, request.user), timezone.localdate()
    typed, typed_known = request.GET.get("on", "").strip(), request.GET.get("known", "").strip()
    on, problem = day_asked(typed, loan=row, today=today)
    known_on, known_problem = day_known(typed_known, today=today)
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="loan", ids=[row.pk], at=timezone.now())
    context = {
        "account": account_of(row, on=on, known_on=known_on),
        "on": on,
        "typed": typed if problem else era_date(on),
        "problem": problem,
        "known_on": known_on,
        "typed_known": typed_known if known_problem or not known_on else era_date(known_on),
        "known_problem": known_problem,
        "is_today": on == today and known_on is None,
        "agreements": rows_of(row.agreements.order_by("-from_month", "-pk"), on=today),
        "plan_changes": row.plan_changes.order_by("-pk"),
        "may_enter": user.can(Permission.ENTER_REPAYMENT),
        "may_reverse": user.can(Permission.MOVE_MONEY),
        "may_correct": user.can(Permission.REVIEW_LENDING),
        "payment_form": payment_form or PaymentForm(loan=row, today=today, auto_id="payment_%s"),
        "payment_says": [
            "台帳に入金を記帳します。記帳した行は消せません。誤りは取消の行で直します。",
            "古い回から順に充てます。期日の来た分を超える額は、次の回に充てます。",
        ],
    }
    return render(request, "repayment/loan.html", context, status=status)


def visible_loan(request: HttpRequest, pk: int) -> Loan:
    """The loan of an address, if this reader may know of it."""
    rows = Loan.objects.visible_to(cast(User, request.user)).select_related("borrower", "office")
    return get_object_or_404(rows, pk=pk)


def day_asked(typed: str, *, loan: Loan, today: date) -> tuple[date, str]:
    """The day a text asks for, and what is wrong with it (then the day is today)."""
    if not typed:
        return today, ""
    try:
        day = parse_date(typed)
    except DateError as error:
        return today, str(error)
    if day < loan.applied_on:
        return today, f"借入申込日（{era_date(loan.applied_on)}）より前の日は表示できません。"
    if day.year > today.year + YEARS_AHEAD:
        return today, f"{YEARS_AHEAD}年より先の日は表示できません。"
    return day, ""


def day_known(typed: str, *, today: date) -> tuple[date | None, str]:
    """The day of the second clock, and what is wrong with it (then everything known now counts)."""
    if not typed:
        return None, ""
    try:
        day = parse_date(typed)
    except DateError as error:
        return None, str(error)
    if day > today:
        return None, "先の日に何が分かっているかは、表示できません。"
    return day, ""

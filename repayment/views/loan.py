"""The ledger page of one loan."""

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

YEARS_AHEAD = 30


@require_GET
@permission(Permission.SEE_CASES)
def loan(request: HttpRequest, pk: int) -> HttpResponse:
    """One loan's money as of a day (``?on=`` in any way of writing a date; today without it)."""
    user = cast(User, request.user)
    row = get_object_or_404(Loan.objects.visible_to(user).select_related("borrower", "office"), pk=pk)
    today = timezone.localdate()
    typed = request.GET.get("on", "").strip()
    on, problem = day_asked(typed, loan=row, today=today)
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="loan", ids=[row.pk], at=timezone.now())
    context = {
        "account": account_of(row, on=on),
        "on": on,
        "typed": typed if problem else era_date(on),
        "problem": problem,
        "is_today": on == today,
        "agreements": rows_of(row.agreements.order_by("-from_month", "-pk"), on=today),
        "plan_changes": row.plan_changes.order_by("-pk"),
        "may_enter": user.can(Permission.ENTER_REPAYMENT),
        "may_correct": user.can(Permission.REVIEW_LENDING),
    }
    return render(request, "repayment/loan.html", context)


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

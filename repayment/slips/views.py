"""The list of payment slips: what waits, what was paid, what expired, and the slips of a month still to be made."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from japan.eras import era_month
from japan.months import month_index
from japan.yen import yen
from repayment.enums import SlipState
from repayment.models import PaymentSlip
from repayment.slips.refusals import SlipRefused
from repayment.slips.selecting import slips_of_month
from repayment.slips.services import make_month_slips, reissue_slip
from rulebook.selectors import settings_on

PAGE = 100


def staff(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_GET
@permission(Permission.SEE_CASES)
def slips(request: HttpRequest) -> HttpResponse:
    """The slips, those that are waited for first; whoever moves money sees what is still to be made."""
    user, today = staff(request), timezone.localdate()
    state = request.GET.get("state", "")
    rows = PaymentSlip.objects.visible_to(user)
    told = {
        row["state"]: row for row in rows.order_by().values("state").annotate(number=Count("pk"), yen=Sum("amount"))
    }
    if state in SlipState.values:
        rows = rows.filter(state=state)
    page = Paginator(rows.select_related("loan__borrower").order_by("-due_on", "-pk"), PAGE).get_page(
        request.GET.get("page")
    )
    record_access(
        by=Actor.person(user), action=AccessAction.LIST, subject="loan", ids=[row.loan_id for row in page],
        at=timezone.now(),
    )  # fmt: skip
    may_make = user.can(Permission.MOVE_MONEY)
    wanted = slips_of_month(month_index(today), on=today) if may_make else None
    context = {
        "page": page,
        "state": state,
        "states": [(value, label, told.get(value)) for value, label in SlipState.choices],
        "may_make": may_make,
        "wanted": wanted,
        "company": settings_on(today).slip_company_code,
    }
    if wanted is not None:
        context |= {
            "hidden": [("month", wanted.month), ("count", wanted.count), ("total", wanted.total)],
            "consequences": [
                f"{era_month(wanted.month)}分の払込票 {wanted.count:,}件 {yen(wanted.total)}を作成します。",
                "払込票は今夜の通知と一緒に印刷され、支払期限まで督促を見合わせます。",
                "免除や猶予の審査中、支援措置中などの方の分は作成しません。",
            ],
        }
    return render(request, "repayment/slips.html", context)


@require_POST
@permission(Permission.MOVE_MONEY)
def slips_make(request: HttpRequest) -> HttpResponse:
    """Make the slips of a month as they were shown."""
    try:
        made = make_month_slips(
            month=_number(request, "month"),
            count=_number(request, "count"),
            total=_number(request, "total"),
            by=Actor.person(staff(request)),
            at=timezone.now(),
        )
    except SlipRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"払込票を{made:,}件作成しました。今夜の通知で印刷されます。")
    return redirect("repayment:slips")


@require_POST
@permission(Permission.MOVE_MONEY)
def slip_reissue(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a slip anew, payable until the end of next month."""
    slip = get_object_or_404(PaymentSlip.objects.visible_to(staff(request)), pk=pk)
    try:
        again = reissue_slip(slip_id=slip.pk, by=Actor.person(staff(request)), at=timezone.now())
    except SlipRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"払込票を再発行しました（{again}）。今夜の通知で印刷されます。")
    return redirect("repayment:dunning_loan", slip.loan_id)


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else 0

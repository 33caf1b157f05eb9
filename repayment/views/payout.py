"""What is still to be paid out of a loan; changes within its period and sanctions, each with a second person."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from loans.models import LendingChange, LendingSanction, Loan
from loans.refusals import LendingRefused, NotAllowed
from loans.services.changes import drop_change, propose_change
from loans.services.sanctions import drop_sanction, propose_sanction
from repayment import sanctions
from repayment.transfers.forms import MonthsForm, SanctionForm
from repayment.transfers.payout import months_open, payout_of
from repayment.views.transfers import LOOK, staff


@require_GET
@permission(Permission.SEE_CASES)
def payout(request: HttpRequest, pk: int) -> HttpResponse:
    """The tranches of one loan, and what was changed or stopped."""
    return payout_page(request, _loan(request, pk))


def payout_page(
    request: HttpRequest,
    loan: Loan,
    *,
    change_form: MonthsForm | None = None,
    sanction_form: SanctionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, for whoever came to it or was refused a step on it."""
    user, now = staff(request), timezone.now()
    shown = payout_of(loan, user=user, on=timezone.localdate())
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="loan", ids=[loan.pk], at=now)
    context = {
        "loan": loan,
        "payout": shown,
        "user_id": user.pk,
        "may_see_files": any(user.can(each) for each in LOOK),
        "change_form": change_form or MonthsForm(months=shown.changeable_months, auto_id="change_%s"),
        "sanction_form": sanction_form or SanctionForm(auto_id="sanction_%s"),
        "agree_sanction_says": [
            "残りの送金は、次の送金から除かれます。",
            "一括償還の請求と契約の解除では、残っている元金の全額を1回で請求する償還計画を登録します。",
        ],
        "agree_change_says": ["これからの月の送金を、起案された内容に改めます。"],
    }
    return render(request, "repayment/payout.html", context, status=status)


@require_POST
@permission(Permission.REVIEW_LENDING)
def change_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose other amounts or months."""
    loan = _loan(request, pk)
    form = MonthsForm(request.POST, months=months_open(loan, on=timezone.localdate()), auto_id="change_%s")
    if not form.is_valid():
        return payout_page(request, loan, change_form=form, status=422)

    def go() -> str:
        propose_change(
            loan_id=pk,
            months=form.wanted(),
            reason=form.cleaned_data["reason"],
            by=Actor.person(staff(request)),
            at=timezone.now(),
        )
        return "貸付内容の変更を起案しました。決裁を待ちます。"

    return _done(request, loan, go)


@require_POST
@permission(Permission.REVIEW_LENDING)
def sanction_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose what to do about deceit."""
    loan = _loan(request, pk)
    form = SanctionForm(request.POST, auto_id="sanction_%s")
    if not form.is_valid():
        return payout_page(request, loan, sanction_form=form, status=422)

    def go() -> str:
        propose_sanction(loan_id=pk, **form.cleaned_data, by=Actor.person(staff(request)), at=timezone.now())
        return "不正への措置を起案しました。決裁まで、この貸付の送金は選ばれません。"

    return _done(request, loan, go)


@require_POST
@permission(Permission.REVIEW_LENDING, Permission.DECIDE_LENDING)
def proposal_answer(request: HttpRequest, pk: int, kind: str, proposal: int, answer: str) -> HttpResponse:
    """Agree to a change or sanction as a second person, or drop it."""
    loan = _loan(request, pk)
    if kind not in ("change", "sanction") or answer not in ("agree", "drop"):
        raise Http404
    if kind == "change":
        get_object_or_404(LendingChange, pk=proposal, loan=loan)
    else:
        get_object_or_404(LendingSanction, pk=proposal, loan=loan)
    by, at = Actor.person(staff(request)), timezone.now()
    steps: dict[tuple[str, str], Callable[[], object]] = {
        ("change", "agree"): lambda: sanctions.change_within_period(change_id=proposal, by=by, at=at),
        ("change", "drop"): lambda: drop_change(change_id=proposal, by=by, at=at),
        ("sanction", "agree"): lambda: sanctions.sanction(sanction_id=proposal, by=by, at=at),
        ("sanction", "drop"): lambda: drop_sanction(sanction_id=proposal, by=by, at=at),
    }

    def go() -> str:
        steps[kind, answer]()
        return "決定しました。" if answer == "agree" else "起案を取りやめました。"

    return _done(request, loan, go)


def _loan(request: HttpRequest, pk: int) -> Loan:
    return get_object_or_404(Loan.objects.visible_to(staff(request)).select_related("borrower", "office"), pk=pk)


def _done(request: HttpRequest, loan: Loan, go: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, go())
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return payout_page(request, loan, status=403)
    except LendingRefused as refused:
        messages.warning(request, str(refused))
    return redirect("repayment:payout", loan.pk)

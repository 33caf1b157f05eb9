"""One granted deferral: ended before its time by two people, and the offer of the agency's support."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from repayment.deferring import services
from repayment.deferring.enums import EndAnswer, EndReason, OfferOutcome
from repayment.deferring.forms import EndForm, OfferForm
from repayment.deferring.granted import granted_page
from repayment.deferring.refusals import DeferralRefused, NotAllowed
from repayment.deferring.views.asking import WORKING, record_seen, staff, visible_deferral
from repayment.models import Deferral, DeferralEndRequest

ANSWERS = {"agree": EndAnswer.AGREED, "drop": EndAnswer.DROPPED}


@require_GET
@permission(Permission.SEE_CASES)
def deferral(request: HttpRequest, pk: int) -> HttpResponse:
    """What a granted deferral does to the plan, who asks to end it, and what was offered."""
    return _page(request, visible_deferral(request, pk))


@require_POST
@permission(Permission.ENTER_REPAYMENT)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to end a deferral early."""
    row, user = visible_deferral(request, pk), staff(request)
    today = timezone.localdate()
    page = granted_page(row, reader=user, on=today)
    form = EndForm(request.POST, months=page.months_to_end, first_month=row.from_month, auto_id="end_%s")
    if not form.is_valid():
        return _page(request, row, end_form=form, status=422)
    data = form.cleaned_data
    try:
        services.ask_to_end(
            deferral_id=pk,
            ends_after=data["ends_after"],
            reason=EndReason(data["reason"]),
            note=data["note"],
            by=Actor.person(user),
            at=timezone.now(),
        )
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return _page(request, row, status=403)
    except DeferralRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, "猶予の終了を依頼しました。ほかの決裁者の確認を待ちます。")
    return redirect("repayment:deferral_end", pk)


@require_POST
@permission(*WORKING)
def answer(request: HttpRequest, pk: int, ending: int, answer: str) -> HttpResponse:
    """Agree to an early end, or drop it."""
    row = visible_deferral(request, pk)
    if answer not in ANSWERS:
        raise Http404
    asked = get_object_or_404(DeferralEndRequest, pk=ending, deferral=row)
    try:
        services.answer_end(
            request_id=asked.pk, answer=ANSWERS[answer], by=Actor.person(staff(request)), at=timezone.now()
        )
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return _page(request, row, status=403)
    except DeferralRefused as refused:
        messages.warning(request, str(refused))
    else:
        agreed = ANSWERS[answer] == EndAnswer.AGREED
        messages.success(
            request,
            "猶予の終了に同意しました。お知らせは今夜作成されます。" if agreed else "終了の依頼を取りやめました。",
        )
    return redirect("repayment:deferral_end", pk)


@require_POST
@permission(Permission.ENTER_REPAYMENT)
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down that the agency's support was offered, and what became of it."""
    row = visible_deferral(request, pk)
    form = OfferForm(request.POST, auto_id="offer_%s")
    if not form.is_valid():
        return _page(request, row, offer_form=form, status=422)
    data = form.cleaned_data
    try:
        services.record_offer(
            deferral_id=pk,
            outcome=OfferOutcome(data["outcome"]),
            on=data["on"],
            note=data["note"],
            by=Actor.person(staff(request)),
            at=timezone.now(),
        )
    except DeferralRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, "自立相談支援機関の案内を記録しました。")
    return redirect("repayment:deferral_end", pk)


def _page(
    request: HttpRequest,
    row: Deferral,
    *,
    end_form: EndForm | None = None,
    offer_form: OfferForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    page = granted_page(row, reader=staff(request), on=today)
    record_seen(request, AccessAction.VIEW, [row.loan_id], subject="loan")
    context = {
        "page": page,
        "deferral": row,
        "loan": row.loan,
        "end_form": end_form or EndForm(months=page.months_to_end, first_month=row.from_month, auto_id="end_%s"),
        "offer_form": offer_form or OfferForm(initial={"on": today}, auto_id="offer_%s"),
    }
    return render(request, "repayment/deferrals/granted.html", context, status=status)

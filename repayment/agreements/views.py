"""The pages of small repayment: what is to be looked at again, one agreement, and the form with its preview."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from accounts.selectors import deputised_supervisor
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from japan.eras import era_month
from japan.months import month_index
from japan.yen import yen
from loans.deciding.enums import ProposalState
from loans.models import Loan
from repayment.agreements import services
from repayment.agreements.chart import chart_of
from repayment.agreements.forms import AgreementForm, EndForm
from repayment.agreements.growth import Growth, Terms
from repayment.agreements.keeping import Keeping
from repayment.agreements.selectors import (
    Show,
    agreements_for,
    counts_for,
    growth_of,
    rows_of,
    terms_of,
    usual_review,
)
from repayment.figures import Figure
from repayment.models import SmallRepaymentAgreement
from repayment.refusals import NotAllowed, RepaymentRefused
from repayment.selectors import NoPlan, position_of
from rulebook.rules import find_rule
from rulebook.selectors import settings_on

PAGE = 50
USUAL_MONTHS = 12
LONG_ARREARS = "EX-40"


@require_GET
@permission(Permission.SEE_CASES)
def agreements(request: HttpRequest) -> HttpResponse:
    """The agreements by what is to be done about them, those due for review first."""
    user, today = cast(User, request.user), timezone.localdate()
    show = request.GET.get("show", "")
    show = show if show in Show.values else Show.REVIEW.value
    page = Paginator(agreements_for(user, show, on=today), PAGE).get_page(request.GET.get("page"))
    rows = rows_of(page, on=today)
    shown = [row.agreement.loan_id for row in rows]
    record_access(by=Actor.person(user), action=AccessAction.LIST, subject="loan", ids=shown, at=timezone.now())
    counts = counts_for(user, on=today)
    context = {
        "show": show,
        "tabs": [(each.value, each.label, counts[each.value]) for each in Show],
        "page": page,
        "rows": rows,
    }
    return render(request, "repayment/agreements.html", context)


@require_GET
@permission(Permission.SEE_CASES)
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """One agreement: its terms, how it is kept, how the arrears grow, and what can be done about it."""
    return agreement_page(request, _agreement(request, pk))


def agreement_page(
    request: HttpRequest,
    row: SmallRepaymentAgreement,
    *,
    end_form: EndForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, for whoever came to it or was refused a step on it."""
    user, today = cast(User, request.user), timezone.localdate()
    record_access(
        by=Actor.person(user), action=AccessAction.VIEW, subject="loan", ids=[row.loan_id], at=timezone.now()
    )
    (shown,) = rows_of([row], on=today)
    enters, proposed = user.can(Permission.ENTER_REPAYMENT), row.state == ProposalState.PROPOSED
    decides = _decides(user, today)
    grown = growth_of(row.loan, terms_of(row), on=today)
    stands = row.state == ProposalState.AGREED and row.ended_on is None
    instalment = shown.position.plan.month_worth if shown.position else 0
    context = {
        "agreement": row,
        "shown": shown,
        "growth": grown,
        "chart": chart_of(grown),
        "kept": kept_figure(shown.kept) if row.state == ProposalState.AGREED else None,
        "rule": find_rule(LONG_ARREARS, today),
        "may_agree": proposed and decides and row.proposed_by_id != user.pk,
        "is_own": proposed and decides and row.proposed_by_id == user.pk,
        "may_drop": proposed and (enters or decides),
        "may_end": stands and today <= row.last_day and (enters or decides),
        "may_renew": stands and enters,
        "end_form": end_form or EndForm(auto_id="end_%s"),
        "agree_says": consequences(terms_of(row), grown, instalment=instalment),
        "end_says": ["今日でこの約束を終えます。", "償還計画どおりの額と、これまでの滞納を請求するようになります。"],
    }
    return render(request, "repayment/agreement.html", context, status=status)


def consequences(terms: Terms, grown: Growth, *, instalment: int) -> list[str]:
    """What agreeing does, in sentences."""
    return [
        f"{era_month(terms.from_month)}分から{era_month(terms.last_month)}分まで、毎月 {yen(terms.monthly_amount)}を"
        "受け取る約束にします。",
        f"償還計画（月額 {yen(instalment)}）と最終償還期限は変わりません。"
        f"約束どおりでも、滞納は {yen(grown.before)} から {yen(grown.after)} になります。",
        "承認通知書は今夜作成されます。",
    ]


def kept_figure(kept: Keeping | None) -> Figure | None:
    """What is missing from what was promised, with its working; nothing before the first month is over."""
    if kept is None or not kept.months_over:
        return None
    lines = [
        (f"過ぎた{kept.months_over}か月の約束の額", yen(kept.promised)),
        ("約束が始まってからの入金", yen(-kept.paid)),
    ]
    if beyond := kept.short - (kept.promised - kept.paid):
        lines.append(("多く納めた分（次の月に数えます）" if beyond > 0 else "残っている元金を超える分", yen(beyond)))
    lines.append(("約束に足りない額", yen(kept.short)))
    note = "月末までに入った額で見ます。"
    if kept.behind_in_a_row:
        note += f"{kept.behind_in_a_row}か月続けて届いていません。"
    return Figure("約束に足りない額", yen(kept.short), tuple(lines), note, is_arrears=kept.short > 0)


@require_http_methods(["GET", "POST"])
@permission(Permission.ENTER_REPAYMENT)
def agreement_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what was asked for; refused by the field that is wrong, or proposed."""
    user, loan, today = cast(User, request.user), _loan(request, pk), timezone.localdate()
    form = AgreementForm(request.POST or None, initial=_usual(loan, today))
    if request.method == "POST" and form.is_valid():
        try:
            proposed = services.propose_agreement(
                loan_id=loan.pk, **form.cleaned_data, by=Actor.person(user), at=timezone.now()
            )
        except RepaymentRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, "少額返済を起案しました。ほかの決裁者の決定を待ちます。")
            return redirect("repayment:agreement", proposed.pk)
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="loan", ids=[loan.pk], at=timezone.now())
    settings = settings_on(today)
    context = {
        "loan": loan,
        "form": form,
        "position": _position(loan, today),
        "standing": services.standing_on(loan),
        "least": settings.small_repayment_min,
        "interval": settings.small_repayment_review_months,
        **_preview(loan, form, today),
    }
    return render(request, "repayment/agreement_new.html", context, status=422 if form.errors else 200)


@require_POST
@permission(Permission.ENTER_REPAYMENT)
def agreement_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """How arrears would grow under what stands in the form; nothing is written."""
    loan, today = _loan(request, pk), timezone.localdate()
    return render(request, "repayment/_agreement_preview.html", _preview(loan, AgreementForm(request.POST), today))


@require_POST
@permission(Permission.ENTER_REPAYMENT, Permission.DECIDE_REPAYMENT)
def agreement_answer(request: HttpRequest, pk: int, answer: str) -> HttpResponse:
    """Agree as a second person, drop the proposal, or end what was agreed."""
    row = _agreement(request, pk)
    by, at = Actor.person(cast(User, request.user)), timezone.now()
    steps: dict[str, tuple[Callable[[], Any], str]] = {
        "agree": (
            lambda: services.agree_to_agreement(agreement_id=pk, by=by, at=at),
            "少額返済を承認しました。承認通知書は今夜作成されます。",
        ),
        "drop": (lambda: services.drop_agreement(agreement_id=pk, by=by, at=at), "起案を取りやめました。"),
    }
    if answer == "end":
        form = EndForm(request.POST, auto_id="end_%s")
        if not form.is_valid():
            return agreement_page(request, row, end_form=form, status=422)
        told = form.cleaned_data
        steps["end"] = (
            lambda: services.end_agreement(agreement_id=pk, **told, by=by, at=at),
            "少額返済の終了を記録しました。",
        )
    if answer not in steps:
        raise Http404
    step, said = steps[answer]
    try:
        step()
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return agreement_page(request, row, status=403)
    except RepaymentRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("repayment:agreement", pk)


def _usual(loan: Loan, today: date) -> dict[str, Any]:
    """What an agreement usually begins with: next month, or the month after the one that stands."""
    standing = services.standing_on(loan)
    begins = max(month_index(today) + 1, loan.first_due_month, standing.last_month + 1 if standing else 0)
    return {
        "asked_on": today,
        "monthly_amount": standing.monthly_amount if standing else settings_on(today).small_repayment_min,
        "from_month": begins,
        "months": USUAL_MONTHS,
        "review_on": usual_review(begins, USUAL_MONTHS, on=today),
        "ground": standing.ground if standing else None,
    }


def _preview(loan: Loan, form: AgreementForm, today: date) -> dict[str, Any]:
    """The growth under the form's terms, or under the usual ones before anything was typed."""
    if form.is_bound:
        form.is_valid()
        terms = form.readable_terms
    else:
        terms = Terms(form.initial["monthly_amount"], form.initial["from_month"], form.initial["months"])
    if terms is None:
        return {"growth": None}
    try:
        grown = growth_of(loan, terms, on=today)
    except NoPlan:
        return {"growth": None}
    return {
        "growth": grown,
        "chart": chart_of(grown),
        "terms": terms,
        "rule": find_rule(LONG_ARREARS, today),
    }


def _position(loan: Loan, today: date) -> Any:
    try:
        return position_of(loan.pk, today)
    except NoPlan:
        return None


def _decides(user: User, today: date) -> bool:
    return user.can(Permission.DECIDE_REPAYMENT) or deputised_supervisor(user, today) is not None


def _agreement(request: HttpRequest, pk: int) -> SmallRepaymentAgreement:
    rows = SmallRepaymentAgreement.objects.visible_to(cast(User, request.user))
    return get_object_or_404(
        rows.select_related("loan__borrower", "proposed_by", "decided_by", "decided_for", "ended_by", "renews"), pk=pk
    )


def _loan(request: HttpRequest, pk: int) -> Loan:
    rows = Loan.objects.visible_to(cast(User, request.user)).select_related("borrower", "office")
    return get_object_or_404(rows, pk=pk)

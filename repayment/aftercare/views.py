"""The page of what lending leaves to be looked after, and the answer to one of its questions."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from loans.models import Loan
from loans.refusals import LendingRefused, NotAllowed
from repayment.aftercare.assistance import assistance_found, assistance_rows, record_assistance_check
from repayment.aftercare.support import support_owed, support_rows
from repayment.aftercare.tasks import tasks_after_lending
from repayment.enums import AssistanceBegan

PAGE = 50
VIEWS = {
    "soon": "支援の連絡がない（償還開始まで3か月未満）",
    "begun": "支援の連絡がないまま償還が始まった",
    "assistance": "貸付の後に生活保護の受給が分かった",
    "tasks": "貸付の後に残る課題",
}


class AssistanceForm(forms.Form):
    """When the assistance began, and how that was made sure of."""

    began = forms.ChoiceField(label="受給の始まり", choices=AssistanceBegan.choices)
    note = forms.CharField(label="確かめた方法", max_length=300)


@require_GET
@permission(Permission.SEE_CASES)
def aftercare(request: HttpRequest) -> HttpResponse:
    """Four lists, one at a time: promised support, public assistance found later, tasks that are left."""
    user, today = cast(User, request.user), timezone.localdate()
    show = request.GET.get("show", "")
    show = show if show in VIEWS else "soon"
    owed = support_owed(user, on=today)
    tasks = tasks_after_lending(user, on=today)
    keys: dict[str, Any] = {
        "soon": owed.soon, "begun": owed.begun, "assistance": assistance_found(user, on=today), "tasks": tasks,
    }  # fmt: skip
    page = Paginator(keys[show], PAGE).get_page(request.GET.get("page"))
    rows: list[Any] = list(page.object_list)
    if show == "assistance":
        found = assistance_rows(rows)
        seen = [row.loan.borrower_id for row in found]
        rows = [(row, AssistanceForm(auto_id=f"loan_{row.loan.pk}_%s")) for row in found]
    elif show == "tasks":
        seen = [row.application.applicant_id for row in rows]
    else:
        rows = support_rows(rows, on=today)
        seen = [row.application.applicant_id for row in rows]
    record_access(by=Actor.person(user), action=AccessAction.LIST, subject="person", ids=seen, at=timezone.now())
    url = reverse("repayment:aftercare")
    context = {
        "show": show,
        "views": [
            (name, label, keys[name].count() if name == "tasks" else len(keys[name]), f"{url}?show={name}")
            for name, label in VIEWS.items()
        ],
        "title": VIEWS[show],
        "page": page,
        "rows": rows,
        "today": today,
        "may_answer": user.can(Permission.REVIEW_LENDING),
    }
    return render(request, "repayment/aftercare.html", context)


@require_POST
@permission(Permission.REVIEW_LENDING)
def assistance_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down when the assistance of a borrower began."""
    user = cast(User, request.user)
    loan = get_object_or_404(Loan.objects.visible_to(user), pk=pk)
    back = redirect(f"{reverse('repayment:aftercare')}?show=assistance")
    form = AssistanceForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "受給の始まりを選び、確かめた方法を入力してください。")
        return back
    try:
        check = record_assistance_check(
            loan_id=loan.pk,
            began=AssistanceBegan(form.cleaned_data["began"]),
            note=form.cleaned_data["note"],
            by=Actor.person(user),
            at=timezone.now(),
        )
    except NotAllowed as refused:
        messages.error(request, str(refused))
    except LendingRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"貸付コード {loan.code}：「{check.get_began_display()}」と記録しました。")
        if check.began == AssistanceBegan.BEFORE:
            messages.info(request, "必要な措置は、貸付の「交付」のページから起案できます。")
            return redirect("repayment:payout", loan.pk)
    return back

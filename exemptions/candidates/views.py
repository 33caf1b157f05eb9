"""The list of candidates and the page of one."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
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
from exemptions.candidates.forms import DismissForm, candidate_form
from exemptions.candidates.listing import page, views, with_protection
from exemptions.candidates.services import dismiss_candidate
from exemptions.models import Candidate
from exemptions.refusals import MoveRefused


def staff(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_GET
@permission(Permission.SEE_CASES)
def candidates(request: HttpRequest) -> HttpResponse:
    """Who may be entitled and was never asked, oldest first, by the filters in the address."""
    user, today = staff(request), timezone.localdate()
    form = candidate_form(request.GET)
    filters = form.filters()
    found = page(user, filters, on=today, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    kinds = views(user, filters)
    _tell(request, AccessAction.LIST, *(row.candidate.loan_id for row in found.rows))
    context = {
        "form": form,
        "filters": filters,
        "page": found,
        "views": kinds,
        "own_filters": not any(view.current for view in kinds),
    }
    return render(request, "exemptions/candidates/list.html", context)


@require_GET
@permission(Permission.SEE_CASES)
def candidate(request: HttpRequest, pk: int) -> HttpResponse:
    """One candidate: why, what is missing, what else was found about the same borrower, and what can be done."""
    user, today = staff(request), timezone.localdate()
    visible = Candidate.objects.visible_to(user).select_related("loan__borrower", "loan__office")
    row = get_object_or_404(visible.select_related("dismissal__by_user"), pk=pk)
    others = visible.open().filter(loan__borrower=row.loan.borrower_id).exclude(pk=pk).order_by("found_on", "pk")
    _tell(request, AccessAction.VIEW, row.loan_id)
    context = {
        "row": with_protection([row], on=today)[0],
        "candidate": row,
        "dismissal": getattr(row, "dismissal", None),
        "others": list(others),
        "may_enter": user.can(Permission.ENTER_EXEMPTIONS),
        "form": DismissForm(),
    }
    return render(request, "exemptions/candidates/detail.html", context)


@require_POST
@permission(Permission.ENTER_EXEMPTIONS)
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one aside, with a reason."""
    row = get_object_or_404(Candidate.objects.visible_to(staff(request)), pk=pk)
    form = DismissForm(request.POST)
    form.is_valid()
    try:
        dismiss_candidate(
            candidate_id=row.pk,
            reason=form.cleaned_data.get("reason", ""),
            by=Actor.person(staff(request)),
            at=timezone.now(),
        )
    except MoveRefused as refused:
        messages.warning(request, str(refused))
        return redirect("exemptions:candidate", pk)
    messages.success(request, "免除の候補を対象外としました。同じきっかけでは、もう候補になりません。")
    return redirect("exemptions:candidates")


def _tell(request: HttpRequest, action: AccessAction, *loans: int) -> None:
    """Write down whose loans were shown."""
    record_access(by=Actor.person(staff(request)), action=action, subject="loan", ids=loans, at=timezone.now())

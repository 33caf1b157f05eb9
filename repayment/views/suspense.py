"""Receipts in suspense: the list, one with whose it may be, and the two ways of settling it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from loans.selectors import by_code
from repayment.models import SuspenseItem
from repayment.services import PostingRefused
from repayment.suspense.enums import SuspenseState
from repayment.suspense.forms import AssignForm, ReturnForm
from repayment.suspense.matching import proposals
from repayment.suspense.services import SuspenseRefused, assign_suspense, return_suspense, suspense_items
from repayment.views.debits import LOOK, PAGE, staff


@require_GET
@permission(*LOOK)
def suspense(request: HttpRequest) -> HttpResponse:
    """Receipts that wait for their loan, the oldest first."""
    user = staff(request)
    state = request.GET.get("state", SuspenseState.OPEN)
    if state not in SuspenseState.values:
        state = SuspenseState.OPEN
    page = Paginator(suspense_items(state), PAGE).get_page(request.GET.get("page"))
    ids = [item.loan_id for item in page if item.loan_id is not None]
    record_access(by=Actor.person(user), action=AccessAction.LIST, subject="loan", ids=ids, at=timezone.now())
    found = SuspenseItem.objects.order_by().values("state").annotate(number=Count("pk"), total=Sum("amount"))
    there = {row["state"]: (row["number"], row["total"]) for row in found}
    context = {
        "page": page,
        "state": state,
        "states": [(value, label, *there.get(value, (0, 0))) for value, label in SuspenseState.choices],
        "may_import": user.can(Permission.IMPORT),
    }
    return render(request, "repayment/suspense.html", context)


@require_GET
@permission(*LOOK)
def suspense_item(request: HttpRequest, pk: int) -> HttpResponse:
    """One receipt, the loans it may belong to with why, and the two ways on."""
    return _item(request, _found(pk), AssignForm(), ReturnForm(auto_id="return_%s"))


@require_POST
@permission(Permission.MOVE_MONEY)
def suspense_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Post a receipt to a loan."""
    item = _found(pk)
    form = AssignForm(request.POST)
    if form.is_valid():
        loan = by_code(user=staff(request), code=form.cleaned_data["code"])
        if loan is None:
            form.add_error("code", "この貸付コードの貸付は見つかりません。")
        else:
            try:
                assign_suspense(
                    item_id=item.pk,
                    loan_id=loan.pk,
                    reason=form.cleaned_data["reason"],
                    by=Actor.person(staff(request)),
                    at=timezone.now(),
                )
            except (SuspenseRefused, PostingRefused) as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, f"貸付 {loan.code} に入金を記帳しました。")
                return redirect("repayment:suspense_item", item.pk)
    return _item(request, item, form, ReturnForm(auto_id="return_%s"), status=422)


@require_POST
@permission(Permission.MOVE_MONEY)
def suspense_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down that a receipt went back to who paid it."""
    item = _found(pk)
    form = ReturnForm(request.POST, auto_id="return_%s")
    if form.is_valid():
        try:
            return_suspense(
                item_id=item.pk, reason=form.cleaned_data["reason"], by=Actor.person(staff(request)), at=timezone.now()
            )
        except SuspenseRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "支払人への返金を記録しました。")
            return redirect("repayment:suspense_item", item.pk)
    return _item(request, item, AssignForm(), form, status=422)


def _item(
    request: HttpRequest, item: SuspenseItem, form: AssignForm, return_form: ReturnForm, *, status: int = 200
) -> HttpResponse:
    user = staff(request)
    is_open = item.state == SuspenseState.OPEN
    found = proposals(item, user=user, on=timezone.localdate()) if is_open else []
    ids = [each.loan.pk for each in found] + ([item.loan_id] if item.loan_id else [])
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="loan", ids=ids, at=timezone.now())
    context = {
        "item": item,
        "proposals": found,
        "form": form,
        "return_form": return_form,
        "is_open": is_open,
        "may_settle": is_open and user.can(Permission.MOVE_MONEY),
    }
    return render(request, "repayment/suspense_item.html", context, status=status)


def _found(pk: int) -> SuspenseItem:
    return get_object_or_404(SuspenseItem.objects.select_related("loan__borrower", "settled_by"), pk=pk)

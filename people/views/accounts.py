"""The bank accounts of a person: entered, ended, looked at in full with a reason; names of banks while one types."""

from __future__ import annotations

from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from japan.banks import bank, branch, find_banks, find_branches
from people.account_forms import AccountEndForm, AccountForm, AccountNumberForm, YuchoForm, plain
from people.bank_accounts import (
    AccountRefused,
    discard_account,
    end_account,
    open_number,
    register_account,
    register_yucho_account,
)
from people.models import BankAccount, Person
from people.person_page import account_line
from people.views.changing import (
    UNPROCESSABLE,
    Change,
    change_person,
    do,
    told,
    visible_person,
    who_and_when,
)

SAID = "口座を登録しました。同じ用途の前の口座は、前日までになりました。"
ACCOUNT = Change(title="口座の登録", button="口座を登録する", said=SAID, template="people/account_new.html")
YUCHO = Change(
    title="ゆうちょ銀行の口座の登録",
    button="ゆうちょ銀行の口座を登録する",
    said=SAID,
    template="people/account_new.html",
)
END = Change(
    title="口座の使用を終える",
    button="口座の使用を終える",
    said="口座の使用を終える日を登録しました。",
    intro="終えたあとも、これまでの送金や引落の記録は残ります。",
)


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def account_new(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_person(request, pk)
    form = AccountForm(request.POST or None, initial=at_first())
    typed = {"bank": form["bank_code"].value() or "", "branch": form["branch_code"].value() or ""}
    return change_person(
        request,
        found,
        ACCOUNT,
        form,
        lambda given: register_account(person=found, **given),
        looked_up=looked_up(typed["bank"], typed["branch"]),
    )


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def account_new_yucho(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_person(request, pk)
    form = YuchoForm(request.POST or None, initial=at_first())
    return change_person(
        request, found, YUCHO, form, lambda given: register_yucho_account(person=found, **given), yucho=True
    )


@require_GET
@permission(Permission.WRITE_CASES, Permission.ENTER_LENDING)
def bank_lookup(request: HttpRequest) -> HttpResponse:
    """The names that belong to what was typed so far, or what it may mean; for the forms, and without any number."""
    typed = looked_up(request.GET.get("bank_code", ""), request.GET.get("branch_code", ""))
    return render(request, "people/_bank_names.html", {"looked_up": typed})


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def account_end(request: HttpRequest, pk: int) -> HttpResponse:
    account = visible_account(request, pk)
    form = AccountEndForm(request.POST or None, initial={"until": timezone.localdate()})
    line = account_line(account, on=timezone.localdate())
    return change_person(
        request, account.person, END, form, lambda given: end_account(account=account, **given), line=line
    )


@require_POST
@permission(Permission.WRITE_CASES)
def account_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove an account that was written down by a slip."""
    account = visible_account(request, pk)
    return do(
        request,
        account.person,
        lambda who: discard_account(account=account, **who),
        "口座の登録を取り消しました。",
    )


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def account_number(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole number, once, for whoever says why; the answer is kept nowhere, not even by the browser."""
    account = visible_account(request, pk)
    form = AccountNumberForm(request.POST or None)
    context = {"person": account.person, "line": account_line(account, on=timezone.localdate()), "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            opened = open_number(account=account, reason=form.cleaned_data["reason"], **who_and_when(request))
        except AccountRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return render(request, "people/account_number.html", context | {"opened": opened})
    told(request, account.person)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "people/account_number.html", context, status=status)


def visible_account(request: HttpRequest, pk: int) -> BankAccount:
    accounts: QuerySet[BankAccount] = BankAccount.objects.filter(
        person__in=Person.objects.visible_to(cast(User, request.user))
    )
    return get_object_or_404(accounts.select_related("person"), pk=pk)


def at_first() -> dict[str, object]:
    """The holder is not filled in: it is typed off the passbook, and then compared with the person (K-10)."""
    return {"since": timezone.localdate(), "use": "transfer"}


def looked_up(bank_typed: str, branch_typed: str) -> dict[str, object]:
    """The bank and branch that codes stand for, or candidates where a name was typed."""
    bank_code, branch_code = plain(bank_typed), plain(branch_typed)
    found = bank(bank_code)
    at = branch(bank_code, branch_code)
    return {
        "bank": found,
        "banks": [] if found else find_banks(bank_code),
        "bank_typed": bool(bank_code),
        "branch": at,
        "branches": [] if at or not found else find_branches(bank_code, branch_code),
        "branch_typed": bool(branch_code),
        "is_yucho": found is not None and found.is_yucho,
    }

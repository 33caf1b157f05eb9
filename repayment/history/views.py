"""The page on which a historic special loan is entered."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from loans.refusals import EntryRefused, LendingRefused, RulesRefused
from people.models import Person
from repayment.history.forms import HistoryForm, loans_of
from repayment.history.services import register_history

FIELDS = {"amount_asked": "amount"}
"""Fields of the intake form that are called otherwise here."""


@require_http_methods(["GET", "POST"])
@permission(Permission.ENTER_LENDING)
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a special loan of those days for a person; refused with the rule or the field, or written as a whole."""
    user = cast(User, request.user)
    person = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    form = HistoryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            application = register_history(
                person=person,
                fund_kind=form.fund_kind,
                told=form.told(person),
                lent=form.lent(),
                exception_reason=form.cleaned_data["exception_reason"],
                by=Actor.person(user),
                at=timezone.now(),
            )
        except RulesRefused as refused:
            by_field = {FIELDS.get(name, name): sentence for name, sentence in refused.by_field.items()}
            for name, sentence in by_field.items():
                form.add_error(name if name in form.fields else None, sentence)
            form.add_error(None, str(refused))
        except EntryRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        except LendingRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"過去の申込み {application} を、償還計画とともに登録しました。")
            return redirect("loans:application", application.pk)
    record_access(
        by=Actor.person(user), action=AccessAction.VIEW, subject="person", ids=[person.pk], at=timezone.now()
    )
    return render(request, "repayment/history.html", {"person": person, "form": form, "loans": loans_of(person)})

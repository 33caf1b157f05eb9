"""The codes of a caller's loans: find the person, ask, and only then show them. Whoever was told what is in the access log."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from exemptions.codes.forms import CallerForm, IdentityForm
from exemptions.codes.selectors import codes_of, compared, found_by, is_protected
from exemptions.views.asking import record_seen, staff
from people.models import Person

ASKING = (Permission.ENTER_EXEMPTIONS, Permission.REVIEW_EXEMPTIONS)
UNPROCESSABLE = 422


@never_cache
@require_http_methods(["GET", "POST"])
@permission(*ASKING)
def codes(request: HttpRequest) -> HttpResponse:
    """Find the caller by reading and birth date."""
    form = CallerForm(request.POST or None)
    found: list[Person] | None = None
    if request.method == "POST" and form.is_valid():
        found = found_by(user=staff(request), **form.cleaned_data)
        record_seen(request, AccessAction.SEARCH, *(person.pk for person in found), subject="person")
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "exemptions/codes/find.html", {"form": form, "found": found}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
@permission(*ASKING)
def codes_told(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions for one person; the codes once enough of them are answered."""
    user, now = staff(request), timezone.now()
    today = timezone.localdate(now)
    person = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    protected = is_protected(person, on=today)
    asked = compared(person, user=user, on=today, protected=protected)
    form = IdentityForm(request.POST or None, compared=asked, protected=protected)
    context = {"person": person, "form": form, "protected": protected}
    if request.method == "POST" and form.is_valid():
        reason = "コードの電話案内（確認：" + "、".join(question.label for question in form.questions) + "）"
        record_access(
            by=Actor.person(user), action=AccessAction.VIEW, subject="person", ids=[pk], at=now, reason=reason[:200]
        )
        context |= {"codes": codes_of(person, user=user), "answered": form.questions}
        return render(request, "exemptions/codes/told.html", context)
    record_seen(request, AccessAction.VIEW, pk, subject="person")
    return render(request, "exemptions/codes/ask.html", context, status=UNPROCESSABLE if form.errors else 200)

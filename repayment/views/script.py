"""The call script of one person: words to read aloud."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from loans.selectors import of_person
from people.models import Person
from repayment.script.selectors import held_letters, script_facts
from repayment.script.words import script_of


@require_GET
@permission(Permission.SEE_CASES)
def script(request: HttpRequest, pk: int) -> HttpResponse:
    """What is owed for each fund, what counts, and what the next letter will say."""
    user, today = cast(User, request.user), timezone.localdate()
    person = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    facts = script_facts(person, of_person(user=user, person_id=person.pk), on=today)
    record_access(
        by=Actor.person(user), action=AccessAction.VIEW, subject="person", ids=[person.pk], at=timezone.now()
    )
    context = {
        "person": person,
        "on": today,
        "script": None if person.died_on else script_of(facts),
        "held": held_letters(person),
    }
    return render(request, "repayment/script.html", context)

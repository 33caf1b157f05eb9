"""The form to be handed or sent to a borrower, with what is known printed on it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.roles import Permission
from audit.enums import AccessAction
from repayment.deferring.sheet import print_form
from repayment.deferring.views.asking import record_seen, staff, visible_person


@require_GET
@permission(Permission.ENTER_REPAYMENT)
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """償還猶予申請書 as PDF. Reading it is written down as printing."""
    person = visible_person(request, pk)
    pdf = print_form(person, reader=staff(request), at=timezone.now())
    record_seen(request, AccessAction.PRINT, [person.pk], subject="person")
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="yuyo-shinsei-{person.pk}.pdf"'
    return response

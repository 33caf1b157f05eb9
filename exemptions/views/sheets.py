"""The forms of exemption at the desk: which there are for a borrower, and printing them."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from exemptions.guiding.requests import MailingRefused, ask_for_forms
from exemptions.sheets.forms import HandOutForm, usual
from exemptions.sheets.gathering import LoanForms, bundle, forms_of
from exemptions.sheets.offering import Offer, Reason
from exemptions.sheets.printing import print_bundle
from exemptions.views.asking import record_seen, staff
from loans.selectors import of_person
from people.models import Person

WORKING = (Permission.ENTER_EXEMPTIONS, Permission.REVIEW_EXEMPTIONS)
UNPROCESSABLE = 422


@require_GET
@permission(*WORKING)
def sheets(request: HttpRequest, pk: int) -> HttpResponse:
    """Every loan of a borrower with the forms there are for it."""
    person, offered = _offered(request, pk)
    record_seen(request, AccessAction.VIEW, person.pk, subject="person")
    return _page(request, person, offered, HandOutForm(offered=offered, today=timezone.localdate()))


@require_http_methods(["GET", "POST"])
@permission(*WORKING)
def sheets_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The forms as one PDF. A link prints the usual ones (``?loan=`` of one loan), the page what was chosen on it."""
    person, offered = _offered(request, pk)
    if request.method == "GET":
        wanted = request.GET.get("loan", "")
        return _print(request, person, [pair for pair in usual(offered) if wanted in ("", str(pair[0].loan.pk))])
    form = HandOutForm(request.POST, offered=offered, today=timezone.localdate())
    if not form.is_valid():
        record_seen(request, AccessAction.VIEW, person.pk, subject="person")
        return _page(request, person, offered, form, status=UNPROCESSABLE)
    return _print(request, person, form.chosen, reasons=form.reasons, with_guide=form.cleaned_data["guide"])


@require_POST
@permission(*WORKING)
def sheets_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the forms that were chosen go out with the letters of the coming night."""
    person, offered = _offered(request, pk)
    form = HandOutForm(request.POST, offered=offered, today=timezone.localdate())
    if not form.is_valid():
        record_seen(request, AccessAction.VIEW, person.pk, subject="person")
        return _page(request, person, offered, form, status=UNPROCESSABLE)
    try:
        made = ask_for_forms(chosen=form.chosen, by=Actor.person(staff(request)), at=timezone.now())
    except MailingRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"申請書{made}枚の郵送を受け付けました。今夜、通知として作成されます。")
    return redirect("exemptions:sheets", pk)


def _offered(request: HttpRequest, pk: int) -> tuple[Person, tuple[LoanForms, ...]]:
    user = staff(request)
    person = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    loans = of_person(user=user, person_id=person.pk).select_related("borrower")
    return person, forms_of(loans, on=timezone.localdate())


def _page(
    request: HttpRequest, person: Person, offered: Iterable[LoanForms], form: HandOutForm, *, status: int = 200
) -> HttpResponse:
    without = [forms for forms in offered if not forms.offers]
    context = {"person": person, "form": form, "without": without}
    return render(request, "exemptions/sheets/page.html", context, status=status)


def _print(
    request: HttpRequest,
    person: Person,
    chosen: Iterable[tuple[LoanForms, Offer]],
    *,
    reasons: tuple[Reason, ...] = (),
    with_guide: bool = True,
) -> HttpResponse:
    pairs, today = list(chosen), timezone.localdate()
    printed = print_bundle(bundle(pairs, on=today, reasons=reasons, with_guide=with_guide), margin=person.number)
    record_seen(request, AccessAction.PRINT, person.pk, subject="person")
    response = HttpResponse(printed.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="menjo-shinsei-{person.pk}.pdf"'
    return response

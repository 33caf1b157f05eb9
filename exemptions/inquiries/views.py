"""The pages of inquiries: the list, a new question, sending what waits for one authority, the sheet, the answer."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from exemptions.inquiries import selectors, services
from exemptions.inquiries.basis import ASKED_OF
from exemptions.inquiries.enums import Answer, InquiryState
from exemptions.inquiries.forms import AnswerForm, InquiryFilter, InquiryForm
from exemptions.inquiries.sheet import print_letter, sheet_of
from exemptions.models import AuthorityInquiry, InquiryLetter
from exemptions.views.asking import record_seen, staff, visible_application

PAGE = 50
UNPROCESSABLE = 422
LISTING = (Permission.ENTER_EXEMPTIONS, Permission.REVIEW_EXEMPTIONS)


@require_GET
@permission(Permission.SEE_CASES)
def inquiries(request: HttpRequest) -> HttpResponse:
    """Every inquiry by its state, and what waits to be sent by authority."""
    user, today = staff(request), timezone.localdate()
    form = InquiryFilter(request.GET)
    form.is_valid()
    wanted = {name: form.cleaned_data.get(name, "") for name in ("state", "kind", "asked")}
    found = selectors.inquiries(user, on=today, **wanted)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = selectors.rows_of(page.object_list, on=today)
    waiting = selectors.to_send(user, on=today)
    seen = {row.inquiry.application_id for row in rows} | {
        row.inquiry.application_id for each in waiting for row in each.rows
    }
    record_seen(request, AccessAction.LIST, *seen)
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "waiting": waiting,
        "counts": [(state, number) for state, number in selectors.counts(user, on=today).items()],
        "state": wanted["state"],
        "filtered": any(wanted.values()),
        "may_send": user.can(Permission.REVIEW_EXEMPTIONS),
    }
    return render(request, "exemptions/inquiries/list.html", context)


@require_http_methods(["GET", "POST"])
@permission(*LISTING)
def inquiry_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A question about one application."""
    user, now = staff(request), timezone.now()
    application = visible_application(request, pk)
    form = InquiryForm(request.POST or None, has_head=application.head_id is not None)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.list_inquiry(application_id=pk, **form.asking(), by=Actor.person(user), at=now)
        except services.InquiryRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"照会 {row} を、{row.authority_name}への送付待ちに加えました。")
            return redirect("exemptions:detail", pk)
    record_seen(request, AccessAction.VIEW, pk)
    context = {
        "application": application,
        "form": form,
        "rows": selectors.of_application(application, on=timezone.localdate(now)),
        "asked_of": [(kind.label, "、".join(str(each.label) for each in asked)) for kind, asked in ASKED_OF.items()],
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "exemptions/inquiries/new.html", context, status=status)


@require_POST
@permission(Permission.REVIEW_EXEMPTIONS)
def inquiries_send(request: HttpRequest) -> HttpResponse:
    """Send the questions ticked, all of one authority."""
    user = staff(request)
    keys = [int(key) for key in request.POST.getlist("inquiry") if key.isascii() and key.isdecimal() and len(key) < 10]
    try:
        letter = services.send_inquiries(keys=keys, sender=user, by=Actor.person(user), at=timezone.now())
    except services.InquiryRefused as refused:
        messages.warning(request, str(refused))
        return redirect("exemptions:inquiries")
    messages.success(
        request, f"照会書 {letter} を送付済みにしました。提供の記録を残しました。印刷して送ってください。"
    )
    return redirect("exemptions:inquiry_letter", letter.pk)


@require_GET
@permission(Permission.SEE_CASES)
def inquiry_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet with its questions, what it told, and what came back."""
    user, today = staff(request), timezone.localdate()
    letter = get_object_or_404(InquiryLetter.objects.visible_to(user).select_related("sent_by"), pk=pk)
    found = selectors.with_all(AuthorityInquiry.objects.visible_to(user).filter(letter=letter)).order_by("pk")
    rows = selectors.rows_of(found, on=today)
    record_seen(request, AccessAction.VIEW, *(row.inquiry.application_id for row in rows))
    context = {
        "letter": letter,
        "rows": rows,
        "sheet": sheet_of(letter, reader=user, on=today),
        "may_print": user.can(Permission.REVIEW_EXEMPTIONS),
    }
    return render(request, "exemptions/inquiries/letter.html", context)


@require_GET
@permission(Permission.REVIEW_EXEMPTIONS)
def inquiry_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet on paper."""
    user = staff(request)
    letter = get_object_or_404(InquiryLetter.objects.visible_to(user), pk=pk)
    pdf = print_letter(letter, reader=user, on=timezone.localdate())
    found = AuthorityInquiry.objects.visible_to(user).filter(letter=letter)
    record_seen(request, AccessAction.PRINT, *found.values_list("application_id", flat=True))
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="shokai-{letter}.pdf"'
    return response


@require_http_methods(["GET", "POST"])
@permission(*LISTING)
def inquiry(request: HttpRequest, pk: int) -> HttpResponse:
    """One question, and the form for what came back."""
    user, now = staff(request), timezone.now()
    today = timezone.localdate(now)
    row = _visible(request, pk)
    form = AnswerForm(request.POST or None, initial={"answered_on": today})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.answer_inquiry(
                inquiry_id=pk,
                answer=Answer(given["answer"]),
                answered_on=given["answered_on"],
                note=given["note"],
                by=Actor.person(user),
                at=now,
            )
        except services.InquiryRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"照会 {row} の回答を記録しました。審査する人の画面に出ます。")
            return redirect("exemptions:detail", row.application_id)
    record_seen(request, AccessAction.VIEW, row.application_id)
    shown = selectors.rows_of([row], on=today)[0]
    context = {
        "row": shown,
        "rows": [shown],
        "inquiry": row,
        "form": form,
        "may_answer": shown.state in (InquiryState.WAITING, InquiryState.OVERDUE),
        "may_withdraw": shown.state == InquiryState.TO_SEND,
    }
    return render(request, "exemptions/inquiries/one.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_POST
@permission(*LISTING)
def inquiry_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a question off the list before it is sent."""
    row = _visible(request, pk)
    try:
        services.withdraw_inquiry(inquiry_id=pk, by=Actor.person(staff(request)), at=timezone.now())
    except services.InquiryRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"照会 {row} を取りやめました。")
    return redirect("exemptions:detail", row.application_id)


def _visible(request: HttpRequest, pk: int) -> AuthorityInquiry:
    return get_object_or_404(selectors.with_all(AuthorityInquiry.objects.visible_to(staff(request))), pk=pk)

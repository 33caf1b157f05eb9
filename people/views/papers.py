"""The papers of a person: what came in, scans taken in, and one scan shown, marked and logged."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from people.documents.forms import FilingForm, UploadForm, WithdrawalForm
from people.documents.openings import openings
from people.documents.refusals import DocumentRefused
from people.documents.services import (
    Incoming,
    Shown,
    open_document,
    refile_document,
    take_in,
    withdraw_document,
)
from people.models import Document, Paper, Person
from people.papers import PaperRefused
from people.papers_page import papers_page
from people.transit.batch_page import counterparts_for

IN_A_FRAME = "default-src 'none'; frame-ancestors 'self'; sandbox"
"""What a browser is told beside a scan: nothing runs, nothing is fetched, and only our own pages frame it."""


def staff(request: HttpRequest) -> User:
    return cast(User, request.user)


def visible_person(request: HttpRequest, pk: int) -> Person:
    return get_object_or_404(Person.objects.visible_to(staff(request)), pk=pk)


def visible_document(request: HttpRequest, pk: int) -> Document:
    rows = Document.objects.visible_to(staff(request)).select_related(
        "person", "paper", "file__uploaded_by", "withdrawal__withdrawn_by"
    )
    return get_object_or_404(rows, pk=pk)


def papers_to_choose(person: Person) -> list[Paper]:
    return list(Paper.objects.filter(person=person).order_by("-received_on", "-pk"))


@require_GET
@permission(Permission.SEE_CASES)
def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """The papers of one person with what they say and their scans."""
    person, user, now = visible_person(request, pk), staff(request), timezone.now()
    page = papers_page(person, reader=user, at=now)
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="person", ids=[pk], at=now)
    here = [row.paper for row in page.rows if row.on_the_way is None]
    context = {
        "page": page,
        "form": UploadForm(papers=[row.paper for row in page.rows]) if page.may_write else None,
        "offices": counterparts_for(user, person, on=timezone.localdate(now)) if page.may_write and here else [],
    }
    return render(request, "people/papers.html", context)


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take scans in. Where one of them is refused, none is kept, and the form says which and why."""
    person, user = visible_person(request, pk), staff(request)
    choices = papers_to_choose(person)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, papers=choices)
        if form.is_valid() and _taken_in(request, person, form):
            return redirect("people:papers", pk)
    else:
        form = UploadForm(papers=choices, initial={"paper": request.GET.get("paper", "")})
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="person", ids=[pk], at=timezone.now())
    context = {"person": person, "form": form}
    return render(request, "people/upload.html", context, status=422 if form.errors else 200)


def _taken_in(request: HttpRequest, person: Person, form: UploadForm) -> bool:
    try:
        made = take_in(
            person=person,
            kind=form.kind_chosen,
            incoming=[Incoming(file, file.name or "") for file in form.cleaned_data["scans"]],
            dated_on=form.cleaned_data["dated_on"],
            paper=form.paper_chosen,
            by=Actor.person(staff(request)),
            at=timezone.now(),
        )
    except DocumentRefused as refusal:
        form.add_error("scans", str(refusal))
        return False
    except PaperRefused as refusal:
        form.add_error("dated_on", str(refusal))
        return False
    messages.success(request, f"スキャンを{len(made)}件登録しました。")
    return True


@require_GET
@permission(Permission.SEE_CASES)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """One scan with what is known of it. The picture itself is fetched by the page, marked and logged."""
    row, user, now = visible_document(request, pk), staff(request), timezone.now()
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="document", ids=[pk], at=now)
    opening = openings([row], reader=user, at=now)[pk]
    context = {
        "document": row,
        "file": row.file,
        "withdrawal": getattr(row, "withdrawal", None),
        "opening": opening,
        "may_ask": user.can(Permission.REQUEST_REVEAL),
        "may_withdraw": user.can(Permission.WRITE_CASES) and not hasattr(row, "withdrawal"),
        "may_refile": user.can(Permission.WRITE_CASES) and opening.may_open and not hasattr(row, "withdrawal"),
        "filing_form": filing_form(row),
        "withdrawal_form": WithdrawalForm(),
        "withdrawal_consequences": [
            "このスキャンは表示されなくなります。",
            "誰がいつ、なぜ取り下げたかは残ります。ファイルは監査のために保管されます。",
        ],
    }
    return render(request, "people/document.html", context)


@require_GET
@xframe_options_sameorigin
@permission(Permission.SEE_CASES)
def document_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A marked copy of the scan, made for this reader now."""
    return _shown(request, pk, small=False)


@require_GET
@permission(Permission.SEE_CASES)
def document_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """A small marked copy of a picture, for lists; a PDF has none."""
    return _shown(request, pk, small=True)


def _shown(request: HttpRequest, pk: int, *, small: bool) -> HttpResponse:
    row = visible_document(request, pk)
    if small and not row.file.can_be_previewed:
        raise Http404
    try:
        shown = open_document(document=row, small=small, by=Actor.person(staff(request)), at=timezone.now())
    except DocumentRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("people:document", pk)
    return _inline(shown, str(row))


def _inline(shown: Shown, name: str) -> HttpResponse:
    suffix = "pdf" if shown.content_type == "application/pdf" else "jpg"
    response = HttpResponse(shown.content, content_type=shown.content_type)
    response["Content-Disposition"] = f'inline; filename="{name}.{suffix}"'
    response["Content-Security-Policy"] = IN_A_FRAME
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def filing_form(row: Document) -> FilingForm:
    """The form that says what a scan shows, filled in with what it is filed as now."""
    now = {"paper": row.paper_id or "", "kind": "" if row.paper_id else row.kind, "dated_on": row.dated_on}
    return FilingForm(papers=papers_to_choose(row.person), initial=now, auto_id="filing_%s")


@require_POST
@permission(Permission.WRITE_CASES)
def document_refile(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right which paper a scan shows."""
    row = visible_document(request, pk)
    form = FilingForm(request.POST, papers=papers_to_choose(row.person))
    try:
        if not form.is_valid():
            raise DocumentRefused(next(str(message) for errors in form.errors.values() for message in errors))
        refile_document(
            document=row,
            paper=form.paper_chosen,
            kind=form.kind_chosen,
            dated_on=form.cleaned_data["dated_on"],
            by=Actor.person(staff(request)),
            at=timezone.now(),
        )
    except (DocumentRefused, PaperRefused) as refusal:
        messages.error(request, str(refusal))
        return redirect("people:document", pk)
    messages.success(request, f"スキャン {row} の登録内容を変更しました。")
    return redirect("people:document", pk)


@require_POST
@permission(Permission.WRITE_CASES)
def document_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a scan away that was a mistake, with the reason."""
    row = visible_document(request, pk)
    form = WithdrawalForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["reason"][0]))
        return redirect("people:document", pk)
    try:
        withdraw_document(
            document=row, reason=form.cleaned_data["reason"], by=Actor.person(staff(request)), at=timezone.now()
        )
    except DocumentRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("people:document", pk)
    messages.success(request, f"スキャン {row} を取り下げました。")
    return redirect("people:papers", row.person_id)

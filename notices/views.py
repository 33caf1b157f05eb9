"""Letters on screen: what the night will write, one letter, the print runs."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from notices import files, selectors, services
from notices.describing import described
from notices.enums import LetterState
from notices.issuing import Held, own_content, preview, run_label
from notices.kinds import kind
from notices.models import PrintRun
from notices.sources import all_sources
from notices.transit_slip import render_slip
from people.models import Person, TransitBatch

PAGE = 50


def staff(request: HttpRequest) -> User:
    return cast(User, request.user)


def pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


@require_GET
@permission(Permission.SEE_LETTERS)
def due(request: HttpRequest) -> HttpResponse:
    """What tonight's letters will be, and what stands in their way."""
    user = staff(request)
    letters = selectors.due_tonight(timezone.localdate()) if user.can(Permission.SEE_ALL_OFFICES) else []
    shown = selectors.described_due(letters[:PAGE])
    held = selectors.letters_for(user, state=LetterState.HELD)[:PAGE]
    people = {told.addressee_id for _, told in shown} | {letter.addressee_id for letter in held}
    record_access(by=Actor.person(user), action=AccessAction.LIST, subject="person", ids=people, at=timezone.now())
    context = {
        "counts": selectors.counts_by_kind(user, letters),
        "due": shown,
        "due_total": len(letters),
        "held": [(letter, selectors.label_of(letter)) for letter in held],
    }
    return render(request, "notices/due.html", context)


@require_GET
@permission(Permission.SEE_LETTERS)
def preview_letter(request: HttpRequest, code: str, occasion: str) -> HttpResponse:
    """A letter as the night will print it. Writes nothing but who looked."""
    user = staff(request)
    source = all_sources().get(code)
    draft = source.draft(occasion) if source else None
    if source is None or draft is None:
        raise Http404
    get_object_or_404(Person.objects.visible_to(user), pk=draft.addressee_id)
    shown = preview(source, occasion, on=timezone.localdate())
    record_access(
        by=Actor.person(user), action=AccessAction.VIEW, subject="person", ids=[draft.addressee_id],
        at=timezone.now(),
    )  # fmt: skip
    if shown is None:
        raise Http404
    if isinstance(shown, Held):
        return render(request, "notices/preview_held.html", {"held": shown, "label": source.label})
    return pdf(shown.pdf, "preview")


@require_GET
@permission(Permission.SEE_LETTERS)
def letter_list(request: HttpRequest) -> HttpResponse:
    user = staff(request)
    state, code = request.GET.get("state", ""), request.GET.get("kind", "")
    letters = selectors.letters_for(
        user, state=state if state in LetterState.values else "", code=code if code in all_sources() else ""
    )
    page = Paginator(letters, PAGE).get_page(request.GET.get("page"))
    record_access(
        by=Actor.person(user), action=AccessAction.LIST, subject="letter", ids=[x.pk for x in page], at=timezone.now()
    )
    context = {
        "page": page,
        "rows": [(letter, selectors.label_of(letter)) for letter in page],
        "states": LetterState.choices,
        "kinds": [(source.kind, source.label) for source in all_sources().values()],
        "state": state,
        "code": code,
    }
    return render(request, "notices/letter_list.html", context)


@require_GET
@permission(Permission.SEE_LETTERS)
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter: the facts it froze, where it is, its pages."""
    user = staff(request)
    row = get_object_or_404(selectors.letters_for(user), pk=pk)
    declared = kind(row.kind, row.template_version)
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="letter", ids=[row.pk], at=timezone.now())
    context = {
        "letter": row,
        "label": declared.label_ja,
        "facts": described(declared, own_content(declared, row)),
        "withheld": selectors.address_withheld(row),
        "may_release": row.state == LetterState.HELD and user.can(Permission.RUN_LETTERS),
    }
    return render(request, "notices/letter.html", context)


@require_GET
@permission(Permission.SEE_LETTERS)
def letter_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The pages of one letter as they were rendered; none while the addressee's address is withheld."""
    user = staff(request)
    row = get_object_or_404(selectors.letters_for(user).exclude(sha256=""), pk=pk)
    if selectors.address_withheld(row):
        messages.error(request, "支援措置のため、この通知の紙面は表示できません。")
        return redirect("notices:letter", pk=pk)
    record_access(by=Actor.person(user), action=AccessAction.PRINT, subject="letter", ids=[row.pk], at=timezone.now())
    return pdf(files.kept(row.file_name, row.sha256), str(row))


@require_POST
@permission(Permission.RUN_LETTERS)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    user = staff(request)
    row = get_object_or_404(selectors.letters_for(user), pk=pk)
    try:
        services.release_letter(letter_id=row.pk, user=user, by=Actor.person(user), at=timezone.now())
        messages.success(request, "保留を解除しました。次の夜間処理でもう一度確かめて作成します。")
    except services.LetterRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("notices:letter", pk=pk)


@require_GET
@permission(Permission.SEE_CASES)
def transit_slip(request: HttpRequest, pk: int) -> HttpResponse:
    """The slip of a parcel of papers (``people.transit``), to be printed and laid in."""
    user = staff(request)
    batch = get_object_or_404(
        TransitBatch.objects.visible_to(user).select_related("sender", "receiver", "sent_by"), pk=pk
    )
    ids = batch.items.values_list("person_id", flat=True)
    record_access(by=Actor.person(user), action=AccessAction.PRINT, subject="person", ids=ids, at=timezone.now())
    return pdf(render_slip(batch), str(batch))


@require_GET
@permission(Permission.RUN_LETTERS, Permission.SEE_AUDIT)
def runs(request: HttpRequest) -> HttpResponse:
    page = Paginator(selectors.runs_for(staff(request)), PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/runs.html", {"page": page, "rows": [(run, run_label(run)) for run in page]})


@require_GET
@permission(Permission.RUN_LETTERS, Permission.SEE_AUDIT)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One print run: its stations, its letters, its file."""
    user = staff(request)
    row = get_object_or_404(selectors.runs_for(user), pk=pk)
    letters = list(row.letters.select_related("addressee").order_by("first_page"))
    record_access(
        by=Actor.person(user), action=AccessAction.LIST, subject="letter", ids=[x.pk for x in letters],
        at=timezone.now(),
    )  # fmt: skip
    context = {
        "run": row,
        "label": run_label(row),
        "letters": [(x, selectors.label_of(x)) for x in letters],
        "withheld": selectors.withheld_in(row),
        "steps": stations(row),
        "is_printer": row.printed_by_id == user.pk,
        "may_run": user.can(Permission.RUN_LETTERS),
        "may_post": user.can(Permission.SIGN_OFF_POSTING),
        "void_consequences": [
            f"{row.letters_count}通の通知は採番済みの番号のまま、次の夜間処理で組み直します。",
            "すでに印刷した紙は、裁断してください。",
        ],
    }
    return render(request, "notices/run.html", context)


def stations(row: PrintRun) -> list[dict[str, str]]:
    """The run as a line of stations for ``components/steps.html``."""
    if row.state == "void":
        return [{"label": "作成", "state": "done"}, {"label": "破棄", "state": "stop"}]
    printed = row.printed_at is not None
    posted = row.posted_at is not None
    return [
        {"label": "作成", "state": "done" if row.made_at else "current"},
        {"label": "印刷", "state": "done" if printed else "current"},
        {"label": "発送", "state": "done" if posted else ("current" if printed else "todo")},
    ]


@require_GET
@permission(Permission.RUN_LETTERS)
def run_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The run's file as it was made; not while somebody's address in it is withheld."""
    user = staff(request)
    row = get_object_or_404(selectors.runs_for(user).exclude(sha256=""), pk=pk)
    if row.state == "void" or selectors.withheld_in(row):
        messages.error(request, "破棄された印刷便、または支援措置の対象となった方を含む印刷便は開けません。")
        return redirect("notices:run", pk=pk)
    ids = list(row.letters.values_list("pk", flat=True))
    record_access(by=Actor.person(user), action=AccessAction.PRINT, subject="letter", ids=ids, at=timezone.now())
    return pdf(files.kept(row.file_name, row.sha256), run_label(row))


@require_POST
@permission(Permission.RUN_LETTERS, Permission.SIGN_OFF_POSTING)
def move_run(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """Printed, posted, or put away."""
    user = staff(request)
    row = get_object_or_404(selectors.runs_for(user), pk=pk)
    moves = {
        "printed": (services.mark_printed, "「印刷した」を記録しました。別の職員が発送を確認してください。"),
        "posted": (services.mark_posted, "発送を確認しました。"),
        "void": (services.void_run, "印刷便を破棄しました。次の夜間処理で作り直します。"),
    }
    if move not in moves:
        raise Http404
    act, said = moves[move]
    try:
        act(run_id=row.pk, user=user, by=Actor.person(user), at=timezone.now())
        messages.success(request, said)
    except services.LetterRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("notices:run", pk=pk)

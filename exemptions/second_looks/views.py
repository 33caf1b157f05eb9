"""The second look: the sample with how often the answers agree, one case blind, and like cases decided differently."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from exemptions.enums import Outcome
from exemptions.models import Decision, SampleDraw, SecondLook
from exemptions.review import form_rows, paper_lines
from exemptions.second_looks import selectors, services
from exemptions.second_looks.enums import Conclusion
from exemptions.second_looks.forms import AnswerForm, ConclusionForm
from exemptions.selectors import stored_assessment
from exemptions.views.asking import record_seen, staff

PAGE = 50
LOOK = (Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS, Permission.SEE_AUDIT)
REVIEWS = (Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS)
VIEWS = (
    (selectors.OPEN, "再審査を待つもの"),
    (selectors.AGREED, "一致"),
    (selectors.DIFFER, "不一致（結論待ち）"),
    (selectors.CONCLUDED, "不一致（結論済み）"),
    (selectors.PAIRS, "判断の食い違い"),
)


@require_GET
@permission(*LOOK)
def second_looks(request: HttpRequest) -> HttpResponse:
    """The sample by what became of it, the agreement, and pairs of like cases that were decided differently."""
    user, show = staff(request), request.GET.get("show", "")
    show = show if show in dict(VIEWS) else selectors.OPEN
    found = selectors.numbers(user)
    if show == selectors.PAIRS:
        rows = selectors.pairs_for(user).select_related(
            "first__application__loan__borrower", "second__application__loan__borrower", "concluded_by"
        )
        pairs = Paginator(rows.order_by("conclusion", "-pk"), PAGE).get_page(request.GET.get("page"))
        ids = [each.application_id for pair in pairs for each in (pair.first, pair.second)]
        page: Page[Any] = pairs
    else:
        looks = selectors.shown(user, show)
        first, second = request.GET.get("first", ""), request.GET.get("second", "")
        if first in Outcome.values and second in Outcome.values:
            looks = looks.filter(decision__outcome=first, outcome=second)
        page = Paginator(looks, PAGE).get_page(request.GET.get("page"))
        ids = [look.decision.application_id for look in page]
    record_seen(request, AccessAction.LIST, *ids)
    agreement = selectors.agreement(user)
    context = {
        "show": show,
        "title": dict(VIEWS)[show],
        "views": [(name, label, getattr(found, name)) for name, label in VIEWS],
        "mine": selectors.to_answer(user).count() if show == selectors.OPEN else 0,
        "page": page,
        "agreement": agreement,
        "table": selectors.table_of(agreement),
        "outcomes": Outcome.choices,
        "draws": SampleDraw.objects.select_related("drawn_by").order_by("-since")[:12],
        "may_draw": user.can(Permission.DECIDE_EXEMPTIONS),
    }
    return render(request, "exemptions/second_looks/list.html", context)


@require_POST
@permission(Permission.DECIDE_EXEMPTIONS)
def draw(request: HttpRequest) -> HttpResponse:
    """Draw a sample now."""
    try:
        drawn = services.draw_now(by=Actor.person(staff(request)), at=timezone.now())
        messages.success(request, f"{drawn.decisions}件の決定から{drawn.picked}件を抽出しました。")
    except services.LookRefused as refused:
        messages.error(request, str(refused))
    return redirect("exemptions:second_looks")


@require_GET
@permission(*LOOK)
def second_look(request: HttpRequest, pk: int) -> HttpResponse:
    """One case of the sample: before the answer the papers and findings only, afterwards both answers."""
    return look_page(request, visible_look(request, pk), AnswerForm(), ConclusionForm())


def visible_look(request: HttpRequest, pk: int) -> SecondLook:
    rows = selectors.looks_for(staff(request)).select_related(
        "decision__application__loan__borrower", "decision__application__head", "decision__assessment",
        "decision__decided_by", "given_by", "concluded_by", "draw",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)


def look_page(
    request: HttpRequest, look: SecondLook, answer: AnswerForm, conclusion: ConclusionForm, *, status: int = 200
) -> HttpResponse:
    user = staff(request)
    decision, application = look.decision, look.decision.application
    record_seen(request, AccessAction.VIEW, application.pk)
    context = {
        "look": look,
        "application": application,
        "loan": application.loan,
        "form_rows": form_rows(application),
        "papers": paper_lines(application),
        "stored": stored_assessment(decision.assessment),
        "decision": decision if look.outcome else None,
        "had_a_part": services.had_a_part(application, user),
        "may_answer": not look.outcome
        and any(user.can(each) for each in REVIEWS)
        and not services.had_a_part(application, user),
        "may_conclude": look.agrees is False
        and not look.conclusion
        and user.can(Permission.DECIDE_EXEMPTIONS)
        and user.pk not in (decision.decided_by_id, look.given_by_id),
        "answer": answer,
        "conclusion": conclusion,
    }
    return render(request, "exemptions/second_looks/look.html", context, status=status)


@require_POST
@permission(*REVIEWS)
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down the second answer."""
    look, form = visible_look(request, pk), AnswerForm(request.POST)
    if not form.is_valid():
        return look_page(request, look, form, ConclusionForm(), status=422)
    try:
        given = services.give(
            look_id=pk,
            outcome=Outcome(form.cleaned_data["outcome"]),
            reason=form.cleaned_data["reason"],
            by=Actor.person(staff(request)),
            at=timezone.now(),
        )
        word = (
            "最初の決定と一致しました。"
            if given.agrees
            else "最初の決定と違う答えです。別の決裁者が結論を記録します。"
        )
        messages.success(request, f"再審査の答えを記録しました。{word}")
    except services.LookRefused as refused:
        messages.error(request, str(refused))
    return redirect("exemptions:second_look", pk=pk)


@require_POST
@permission(Permission.DECIDE_EXEMPTIONS)
def conclude(request: HttpRequest, pk: int) -> HttpResponse:
    """Conclude on two answers that differ."""
    look, form = visible_look(request, pk), ConclusionForm(request.POST)
    if not form.is_valid():
        return look_page(request, look, AnswerForm(), form, status=422)
    try:
        services.conclude_look(look_id=pk, **concluded(request, form))
        messages.success(request, "結論を記録しました。")
    except services.LookRefused as refused:
        messages.error(request, str(refused))
    return redirect("exemptions:second_look", pk=pk)


def concluded(request: HttpRequest, form: ConclusionForm) -> dict[str, Any]:
    """What both ways of concluding pass on."""
    return {
        "conclusion": Conclusion(form.cleaned_data["conclusion"]),
        "note": form.cleaned_data["note"],
        "by": Actor.person(staff(request)),
        "at": timezone.now(),
    }


@require_GET
@permission(*LOOK)
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Two like cases that were decided differently, with both traces beside each other."""
    return pair_page(request, pk, ConclusionForm())


def pair_page(request: HttpRequest, pk: int, form: ConclusionForm, *, status: int = 200) -> HttpResponse:
    user = staff(request)
    rows = selectors.pairs_for(user).select_related(
        "first__application__loan__borrower", "first__assessment", "first__decided_by",
        "second__application__loan__borrower", "second__assessment", "second__decided_by", "concluded_by",
    )  # fmt: skip
    found = get_object_or_404(rows, pk=pk)
    sides: list[Decision] = [found.first, found.second]
    record_seen(request, AccessAction.VIEW, *(side.application_id for side in sides))
    context = {
        "pair": found,
        "sides": [(side, stored_assessment(side.assessment)) for side in sides],
        "may_conclude": not found.conclusion
        and user.can(Permission.DECIDE_EXEMPTIONS)
        and user.pk not in {side.decided_by_id for side in sides},
        "conclusion": form,
    }
    return render(request, "exemptions/second_looks/pair.html", context, status=status)


@require_POST
@permission(Permission.DECIDE_EXEMPTIONS)
def conclude_pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Conclude on a pair."""
    get_object_or_404(selectors.pairs_for(staff(request)), pk=pk)
    form = ConclusionForm(request.POST)
    if not form.is_valid():
        return pair_page(request, pk, form, status=422)
    try:
        services.conclude_pair(pair_id=pk, **concluded(request, form))
        messages.success(request, "結論を記録しました。")
    except services.LookRefused as refused:
        messages.error(request, str(refused))
    return redirect("exemptions:unlike_pair", pk=pk)

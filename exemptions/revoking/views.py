"""The pages of revocations: what waits for a decision, the form, and one of them with the loan before and after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from accounts.selectors import deputised_supervisor
from audit.actors import Actor
from audit.enums import AccessAction
from exemptions.models import Revocation
from exemptions.refusals import EntryRefused, MoveRefused, NotAllowed
from exemptions.revoking import services
from exemptions.revoking.forms import RevocationForm
from exemptions.revoking.outlook import Outlook, outlook, restored
from exemptions.revoking.restoring import Restoration
from exemptions.views.asking import record_seen, staff, visible_application
from japan.eras import era_date
from japan.yen import yen
from loans.deciding.enums import ProposalState

PAGE = 50


@require_GET
@permission(Permission.SEE_CASES)
def revocations(request: HttpRequest) -> HttpResponse:
    """Revocations of one state, those that wait longest first."""
    state = request.GET.get("state", "")
    state = state if state in ProposalState.values else ProposalState.PROPOSED.value
    everything = Revocation.objects.visible_to(staff(request))
    rows = everything.filter(state=state).select_related(
        "decision__application__loan__borrower", "proposed_by", "decided_by"
    )
    page = Paginator(rows.order_by("proposed_at", "pk"), PAGE).get_page(request.GET.get("page"))
    record_seen(request, AccessAction.LIST, *(row.decision.application_id for row in page))
    context = {
        "state": state,
        "tabs": [(value, label, everything.filter(state=value).count()) for value, label in ProposalState.choices],
        "page": page,
    }
    return render(request, "exemptions/revoking/revocations.html", context)


@require_http_methods(["GET", "POST"])
@permission(Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS)
def revocation_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose to take back what was exempted on an application; refused by the field that is wrong."""
    application, today = visible_application(request, pk), timezone.localdate()
    form = RevocationForm(request.POST or None, initial={"found_on": today})
    if request.method == "POST" and form.is_valid():
        by, at = Actor.person(staff(request)), timezone.now()
        try:
            proposed = services.propose_revocation(application_id=pk, **form.cleaned_data, by=by, at=at)
        except EntryRefused as refused:
            form.add_error(refused.field or None, str(refused))
        except MoveRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "免除の取消を起案しました。ほかの決裁者の決定を待ちます。")
            return redirect("exemptions:revocation", proposed.pk)
    record_seen(request, AccessAction.VIEW, application.pk)
    context = {
        "application": application,
        "loan": application.loan,
        "form": form,
        "look": outlook(application, on=today),
    }
    return render(request, "exemptions/revoking/new.html", context, status=422 if form.errors else 200)


@require_GET
@permission(Permission.SEE_CASES)
def revocation(request: HttpRequest, pk: int) -> HttpResponse:
    """One revocation: on what ground, the loan before and after, and the decision."""
    return revocation_page(request, _revocation(request, pk))


def revocation_page(request: HttpRequest, row: Revocation, *, status: int = 200) -> HttpResponse:
    """The page, for whoever came to it or was refused a step on it."""
    user, today = staff(request), timezone.localdate()
    application = row.decision.application
    record_seen(request, AccessAction.VIEW, application.pk)
    waits = row.state == ProposalState.PROPOSED
    decides = user.can(Permission.DECIDE_EXEMPTIONS) or deputised_supervisor(user, today) is not None
    look = _look(row)
    found = look.restoration
    own = row.proposed_by_id == user.pk
    context = {
        "row": row,
        "application": application,
        "loan": application.loan,
        "look": look,
        "sees_reason": user.can(Permission.SEE_ALL_OFFICES),
        "may_agree": waits and found is not None and decides and not own,
        "is_own": waits and decides and own,
        "may_drop": waits and (decides or user.can(Permission.REVIEW_EXEMPTIONS)),
        "agree_says": consequences(found) if waits and found else [],
        "hidden": [("seen", found.fingerprint)] if waits and found else [],
    }
    return render(request, "exemptions/revoking/revocation.html", context, status=status)


def consequences(found: Restoration) -> list[str]:
    """What deciding does, in sentences."""
    sentences = [
        f"免除した {yen(found.amount)} を取り消します。残っている元金は {yen(found.after.outstanding)} になります。"
    ]
    if found.at_once:
        sentences.append(f"期日を過ぎた {yen(found.at_once)} は、{era_date(found.due_on)}が新しい期日になります。")
    if found.to_come is not None:
        sentences.append(f"{found.to_come.period_ja}の {yen(found.to_come.amount)} は、償還計画の期日のままです。")
    return [
        *sentences,
        "まだ発送していない承認の通知と、返金していない確認は取りやめます。取消の通知は今夜作成されます。",
        "この決定は取り消せません。",
    ]


@require_POST
@permission(Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS)
def revocation_answer(request: HttpRequest, pk: int, answer: str) -> HttpResponse:
    """Decide as a second person on what was shown, or give the proposal up."""
    row = _revocation(request, pk)
    by, at = Actor.person(staff(request)), timezone.now()
    seen = request.POST.get("seen", "")
    steps: dict[str, tuple[Callable[[], Any], str]] = {
        "agree": (
            lambda: services.agree_to_revocation(revocation_id=pk, seen=seen, by=by, at=at),
            "免除を取り消しました。取消の通知は今夜作成されます。",
        ),
        "drop": (lambda: services.drop_revocation(revocation_id=pk, by=by, at=at), "起案を取りやめました。"),
    }
    if answer not in steps:
        raise Http404
    step, said = steps[answer]
    try:
        step()
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return revocation_page(request, row, status=403)
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("exemptions:revocation", pk)


def _look(row: Revocation) -> Outlook:
    """Of a proposal what it would do today, of a decided revocation what it did."""
    if row.state == ProposalState.AGREED:
        return Outlook(restored(row))
    if row.state == ProposalState.DROPPED:
        return Outlook(None)
    return outlook(row.decision.application, on=timezone.localdate())


def _revocation(request: HttpRequest, pk: int) -> Revocation:
    related = ("decision__application__loan__borrower", "entry__loan", "proposed_by", "decided_by", "decided_for")
    return get_object_or_404(Revocation.objects.visible_to(staff(request)).select_related(*related), pk=pk)

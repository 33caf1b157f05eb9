"""The pages of the system administrator, of one's own account, and of the first sign-in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.decorators import permission, step_up
from accounts.enums import OfficeKind, Role
from accounts.forms import (
    DeputyForm,
    EndForm,
    EnrolmentLinkForm,
    LetterheadForm,
    OfficeChangeForm,
    OfficeForm,
    PasswordForm,
    RoleForm,
    StaffChangeForm,
    StaffFilter,
    StaffForm,
    desks_text,
)
from accounts.models import Deputy, Office, RoleAssignment, User
from accounts.roles import ROLES, Permission
from accounts.services import AccountRefused
from audit.actors import Actor

UNPROCESSABLE = 422
GONE = 410
LINK_KEY = "enrolment_link"


def _by(request: HttpRequest) -> Actor:
    return Actor.person(request.user)


def _try(request: HttpRequest, change: Callable[[], Any], done: str) -> bool:
    """Make a change and say how it went; True when it was made."""
    try:
        change()
    except AccountRefused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True


def _filled(form: Form, change: Callable[[dict[str, Any]], Any]) -> Any:
    """Make a change with what a form holds; None, with the form saying why, when it is wrong or refused."""
    if not form.is_valid():
        return None
    try:
        return change(form.cleaned_data)
    except AccountRefused as refusal:
        form.add_error(None, str(refusal))
        return None


# --- staff ------------------------------------------------------------------------------------------


@require_GET
@permission(Permission.MANAGE_ACCOUNTS)
def staff(request: HttpRequest) -> HttpResponse:
    form = StaffFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    office = chosen.get("office")
    page = selectors.staff_page(
        on=timezone.localdate(),
        words=chosen.get("q", ""),
        office_id=office.pk if office else None,
        role=Role(chosen["role"]) if chosen.get("role") else None,
        state=chosen.get("state", ""),
        after=request.GET.get("after", ""),
    )
    return render(request, "accounts/staff.html", {"filter": form, "page": page, "today": timezone.localdate()})


@require_http_methods(["GET", "POST"])
@permission(Permission.MANAGE_ACCOUNTS)
@step_up
def staff_new(request: HttpRequest) -> HttpResponse:
    form = StaffForm(request.POST or None)
    if request.method == "POST":
        made = _filled(
            form,
            lambda given: services.enrol_user(
                username=given["username"],
                name=given["name"],
                office_id=given["office"].pk,
                by=_by(request),
                at=timezone.now(),
            ),
        )
        if made:
            user, token = made
            messages.success(request, f"{user.name}さんを登録しました。続けて役割を付与してください。")
            return _show_link(request, user, token)
    return render(request, "accounts/staff_new.html", {"form": form}, status=_status(form))


@require_GET
@permission(Permission.MANAGE_ACCOUNTS)
def member(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User.objects.select_related("office"), pk=pk)
    form = RoleForm(user=user, initial={"since": timezone.localdate()})
    return render(request, "accounts/member.html", _member_context(request, user, form))


def _member_context(request: HttpRequest, user: User, role_form: RoleForm) -> dict[str, Any]:
    now = timezone.now()
    today = timezone.localdate(now)
    return {
        "member": user,
        "myself": user.pk == request.user.pk,
        "assignments": [_assignment(row, today) for row in selectors.role_history(user)],
        "second_factor": selectors.second_factor(user),
        "lock_outs": selectors.lock_outs(user, now),
        "open_link": selectors.open_link(user, now),
        "form": role_form,
        "link_form": EnrolmentLinkForm(auto_id="link_%s"),
        "link_consequences": [
            f"{user.name}さんがパスワードを決め直すための案内（72時間有効）を作ります。前の案内は使えなくなります。",
            "案内が使われるまで、いまのパスワードと二段階認証はそのまま使えます。",
        ],
        "stop_consequences": [
            f"{user.name}さんはすぐに使えなくなり、ログイン中の画面も終わります。",
            "役割と、これまでの記録は残ります。あとで再開できます。",
        ],
        "stop_move": [("move", "stop")],
        "today": today,
    }


def _assignment(row: RoleAssignment, today: date) -> dict[str, Any]:
    """A role somebody holds, held or will hold, with the dialog that ends it."""
    state = _period_state(row.since, row.until, today)
    label = row.get_role_display()
    return {
        "row": row,
        "sentence": ROLES[Role(row.role)].sentence,
        "state": state,
        "end": _end_dialog(f"end-role-{row.pk}", today, coming=state == "coming"),
        "title": f"「{label}」の付与を取り消しますか" if state == "coming" else f"「{label}」を終了しますか",
        "consequences": [
            "まだ始まっていない役割です。取り消すと、この付与はなかったことになります。"
            if state == "coming"
            else "終了日の翌日から、この役割でできることがすべてできなくなります。"
        ],
    }


def _end_dialog(name: str, today: date, *, coming: bool) -> dict[str, Any]:
    """The parts of a dialog that asks for the last day; what has not begun is taken back and needs none."""
    if coming:
        return {"id": name, "fields": [], "hidden": [("until", today.isoformat())], "button": "取り消す"}
    form = EndForm(auto_id=f"{name}-%s", initial={"until": today})
    return {"id": name, "fields": [form["until"]], "hidden": [], "button": "終了する"}


def _period_state(since: date, until: date | None, today: date) -> str:
    if since > today:
        return "coming"
    return "ended" if until is not None and until < today else "standing"


@require_http_methods(["GET", "POST"])
@permission(Permission.MANAGE_ACCOUNTS)
def member_change(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User.objects.select_related("office"), pk=pk)
    form = StaffChangeForm(request.POST or None, initial={"name": user.name, "office": user.office})
    if request.method == "POST":
        changed = _filled(
            form,
            lambda given: services.change_staff(
                user_id=pk, name=given["name"], office_id=given["office"].pk, by=_by(request), at=timezone.now()
            ),
        )
        if changed:
            messages.success(request, "職員の情報を変更しました。")
            return redirect("accounts:member", pk)
    return render(request, "accounts/member_change.html", {"form": form, "member": user}, status=_status(form))


@require_POST
@permission(Permission.MANAGE_ACCOUNTS)
@step_up
def link_issue(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    form = EnrolmentLinkForm(request.POST)
    form.is_valid()
    try:
        token = services.issue_enrolment(
            user_id=pk,
            resets_second_factor=form.cleaned_data["resets_second_factor"],
            by=_by(request),
            at=timezone.now(),
        )
    except AccountRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:member", pk)
    return _show_link(request, user, token)


def _show_link(request: HttpRequest, user: User, token: str) -> HttpResponse:
    """Keep the token until the next page has shown it: after a POST comes a redirect, and reloading shows nothing."""
    request.session[LINK_KEY] = {"user": user.pk, "token": token}
    return redirect("accounts:link_show", user.pk)


@require_GET
@permission(Permission.MANAGE_ACCOUNTS)
def link_show(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User.objects.select_related("office"), pk=pk)
    kept = request.session.pop(LINK_KEY, None)
    if not kept or kept["user"] != pk:
        messages.info(request, "案内は一度だけ表示されます。控えていない場合は、もう一度発行してください。")
        return redirect("accounts:member", pk)
    link = request.build_absolute_uri(reverse("accounts:enrol", args=[kept["token"]]))
    expires_at = cast(Any, selectors.open_link(user, timezone.now())).expires_at
    return render(request, "accounts/link.html", {"member": user, "link": link, "expires_at": expires_at})


@require_POST
@permission(Permission.MANAGE_ACCOUNTS)
def member_active(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    change, done = {
        "stop": (services.deactivate_user, f"{user.name}さんの利用を停止しました。"),
        "start": (services.reactivate_user, f"{user.name}さんの利用を再開しました。"),
    }.get(request.POST.get("move", ""), (None, ""))
    if change is None:
        raise Http404
    _try(request, lambda: change(user_id=pk, by=_by(request), at=timezone.now()), done)
    return redirect("accounts:member", pk)


@require_POST
@permission(Permission.MANAGE_ACCOUNTS)
def member_unlock(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(User, pk=pk)
    _try(
        request,
        lambda: services.unlock(user_id=pk, by=_by(request), at=timezone.now()),
        "ログインの制限を解除しました。",
    )
    return redirect("accounts:member", pk)


# --- roles ------------------------------------------------------------------------------------------


@require_POST
@permission(Permission.MANAGE_ACCOUNTS)
@step_up
def role_grant(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User.objects.select_related("office"), pk=pk)
    form = RoleForm(request.POST, user=user)
    granted = _filled(
        form,
        lambda given: services.grant_role(
            user_id=pk,
            role=given["role"],
            since=given["since"],
            until=given["until"],
            by=_by(request),
            at=timezone.now(),
        ),
    )
    if granted is None:
        return render(request, "accounts/member.html", _member_context(request, user, form), status=UNPROCESSABLE)
    messages.success(request, f"「{granted.get_role_display()}」を付与しました。")
    return redirect("accounts:member", pk)


@require_POST
@permission(Permission.MANAGE_ACCOUNTS)
def role_end(request: HttpRequest, pk: int) -> HttpResponse:
    assignment = get_object_or_404(RoleAssignment, pk=pk)
    _end(
        request,
        lambda until: services.end_role(assignment_id=pk, until=until, by=_by(request), at=timezone.now()),
        ended=f"「{assignment.get_role_display()}」の終了日を登録しました。",
        taken_back=f"「{assignment.get_role_display()}」の付与を取り消しました。",
    )
    return redirect("accounts:member", assignment.user_id)


def _end(request: HttpRequest, change: Callable[[Any], Any], *, ended: str, taken_back: str) -> None:
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["until"][0]))
        return
    try:
        row = change(form.cleaned_data["until"])
    except AccountRefused as refusal:
        messages.error(request, str(refusal))
        return
    messages.success(request, ended if row else taken_back)


@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """Every role with its sentence, for everybody who is signed in."""
    mine = cast(User, request.user).roles
    table = [
        {
            "label": role.label,
            "sentence": definition.sentence,
            "offices": "・".join(kind.label for kind in OfficeKind if kind in definition.office_kinds),
            "second_factor": definition.second_factor,
            "mine": role in mine,
        }
        for role, definition in ROLES.items()
    ]
    return render(request, "accounts/roles.html", {"roles": table})


# --- deputies ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission(Permission.MANAGE_ACCOUNTS)
def deputies(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = DeputyForm(request.POST or None)
    if request.method == "POST":
        named = _filled(
            form,
            lambda given: services.name_deputy(
                supervisor_id=given["supervisor"].pk,
                deputy_id=given["deputy"].pk,
                since=given["since"],
                until=given["until"],
                reason=given["reason"],
                by=_by(request),
                at=timezone.now(),
            ),
        )
        if named:
            messages.success(request, f"{named.deputy.name}さんを代決者に指定しました。")
            return redirect("accounts:deputies")
    context = {"form": form, "rows": [_deputy(row, today) for row in selectors.deputies(today)], "today": today}
    return render(request, "accounts/deputies.html", context, status=_status(form))


def _deputy(row: Deputy, today: date) -> dict[str, Any]:
    """A deputy's period, with the dialog that ends it."""
    coming = row.since > today
    return {
        "row": row,
        "coming": coming,
        "end": _end_dialog(f"end-deputy-{row.pk}", today, coming=coming),
        "title": f"{row.deputy.name}さんの代決の指定を{'取り消' if coming else '終了'}しますか",
        "consequences": [f"{row.deputy.name}さんは{row.supervisor.name}さんに代わって決裁できなくなります。"],
    }


@require_POST
@permission(Permission.MANAGE_ACCOUNTS)
def deputy_end(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Deputy, pk=pk)
    _end(
        request,
        lambda until: services.end_deputy(deputy_row_id=pk, until=until, by=_by(request), at=timezone.now()),
        ended="代決の終了日を登録しました。",
        taken_back="代決者の指定を取り消しました。",
    )
    return redirect("accounts:deputies")


# --- offices ----------------------------------------------------------------------------------------


@require_GET
@permission(Permission.MANAGE_ACCOUNTS)
def offices(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/offices.html", {"offices": selectors.offices(), "today": timezone.localdate()})


@require_http_methods(["GET", "POST"])
@permission(Permission.MANAGE_ACCOUNTS)
def office_new(request: HttpRequest) -> HttpResponse:
    form = OfficeForm(request.POST or None)
    if request.method == "POST":
        made = _filled(form, lambda given: services.create_office(**given, by=_by(request), at=timezone.now()))
        if made:
            messages.success(request, f"{made.name}を登録しました。")
            return redirect("accounts:office", made.pk)
    return render(request, "accounts/office_new.html", {"form": form}, status=_status(form))


@require_http_methods(["GET", "POST"])
@permission(Permission.MANAGE_ACCOUNTS)
def office(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Office, pk=pk)
    form = OfficeChangeForm(
        request.POST or None,
        initial={"name": shown.name, "municipality": shown.municipality, "closed_on": shown.closed_on},
    )
    if request.method == "POST":
        changed = _filled(
            form, lambda given: services.change_office(office_id=pk, **given, by=_by(request), at=timezone.now())
        )
        if changed:
            messages.success(request, "事業所の情報を変更しました。")
            return redirect("accounts:office", pk)
    context = {
        "form": form,
        "office": shown,
        "letterheads": selectors.letterheads(shown),
        "today": timezone.localdate(),
    }
    return render(request, "accounts/office.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
@permission(Permission.MANAGE_ACCOUNTS)
def letterhead_new(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Office, pk=pk)
    form = LetterheadForm(request.POST or None, initial=_letterhead_before(shown))
    if request.method == "POST":
        made = _filled(
            form, lambda given: services.set_letterhead(office_id=pk, **given, by=_by(request), at=timezone.now())
        )
        if made:
            messages.success(request, "発信者情報を登録しました。")
            return redirect("accounts:office", pk)
    return render(request, "accounts/letterhead_new.html", {"form": form, "office": shown}, status=_status(form))


def _letterhead_before(office: Office) -> dict[str, Any]:
    """The latest entry, to be changed into the next one."""
    latest = selectors.letterheads(office).first()
    if latest is None:
        return {"valid_from": timezone.localdate(), "letter_name": office.name}
    names = set(LetterheadForm.base_fields) - {"desks", "valid_from"}
    return {name: getattr(latest, name) for name in names} | {"desks": desks_text(latest.desks)}


# --- oneself ----------------------------------------------------------------------------------------


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """One's own roles with their sentences, second factor, and every link ever issued in one's name."""
    user = cast(User, request.user)
    now = timezone.now()
    today = timezone.localdate(now)
    absent = selectors.deputised_supervisor(user, today)
    context = {
        "member": user,
        "roles": [ROLES[role] for role in Role if role in user.roles],
        "deputy_sentence": f"今日は{absent.name}さんに代わって決裁できます。" if absent else "",
        "second_factor": selectors.second_factor(user),
        "must_have_second_factor": selectors.needs_second_factor(user, today),
        "links": selectors.links_of(user),
    }
    return render(request, "accounts/me.html", context)


@require_http_methods(["GET", "POST"])
@login_not_required
def enrol(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a one-time link: choose a password, then sign in with it."""
    now = timezone.now()
    link = selectors.enrolment_by_token(token, now)
    if link is None:
        return render(request, "accounts/enrol_closed.html", status=GONE)
    form = PasswordForm(request.POST or None, user=link.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.accept_enrolment(
                token=token, password=form.cleaned_data["password"], by=Actor.person(link.user), at=now
            )
        except AccountRefused:
            return render(request, "accounts/enrol_closed.html", status=GONE)
        except ValidationError as error:
            form.add_error("password", error)
        else:
            logout(request)
            messages.success(request, "パスワードを設定しました。職員番号と新しいパスワードでログインしてください。")
            return redirect("account_login")
    return render(request, "accounts/enrol.html", {"form": form, "link": link}, status=_status(form))


def _status(form: Form) -> int:
    """What was typed and not accepted comes back as such, so that nothing takes the page for a success."""
    return UNPROCESSABLE if form.is_bound and form.errors else 200

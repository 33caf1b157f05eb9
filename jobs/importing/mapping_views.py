"""Mappings of columns on screen: begin from a file, match the columns, give it out, take it out of use."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from jobs.importing.given_mappings import take_mapping
from jobs.importing.kinds import ImportKind, import_kinds
from jobs.importing.mappings import (
    MappingRefused,
    as_json,
    begin_mapping,
    finish_mapping,
    lines_shown,
    matched,
    read_values,
    retire_mapping,
)
from jobs.models import ColumnMapping


class BeginForm(forms.Form):
    """The name of a mapping, for which kind of file, and a file to look at."""

    name = forms.CharField(label="対応表の名前", max_length=60)
    kind = forms.ChoiceField(label="取込の種類")
    file = forms.FileField(
        label="元のシステムのファイル",
        help_text="見出しと先頭の5行だけを読みます。何も登録しません。先頭の行は、対応表を確定すると消えます。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(code, kind.label) for code, kind in import_kinds().items()]
        cast(forms.ChoiceField, self.fields["kind"]).choices = kinds


class TakeForm(forms.Form):
    """A mapping as another installation gave it out."""

    given = forms.FileField(
        label="対応表のファイル（JSON）",
        help_text="ほかの社協や練習用のシステムで受け取った対応表です。内容を確かめてから確定します。",
        error_messages={"required": "対応表のファイルを選んでください。"},
    )


class MatchForm(forms.Form):
    """For each of our columns: the other system's column, a default, and translated values."""

    def __init__(self, mapping: ColumnMapping, kind: ImportKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "（なし）"), *((name, name) for name in mapping.headers)]
        self.ours = kind.columns()
        for number, ours in enumerate(self.ours):
            spec = mapping.columns.get(ours, {})
            self.fields[f"source-{number}"] = forms.ChoiceField(
                label=f"{ours}：元の列",
                choices=choices,
                required=False,
                initial=spec.get("source", ""),
                widget=forms.Select(attrs={"aria-label": f"{ours}：元の列"}),
            )
            self.fields[f"default-{number}"] = forms.CharField(
                label=f"{ours}：空欄のときの値", required=False, max_length=80, initial=spec.get("default", "")
            )
            self.fields[f"values-{number}"] = forms.CharField(
                label=f"{ours}：値の読み替え",
                required=False,
                initial="\n".join(f"{theirs}={value}" for theirs, value in spec.get("values", {}).items()),
                widget=forms.Textarea(attrs={"rows": 2, "placeholder": "元の値=本システムの値"}),
            )

    def columns(self) -> dict[str, dict[str, Any]]:
        """What was matched. ``MappingRefused`` where translated values cannot be read."""
        data = self.cleaned_data
        return {
            ours: {
                "source": data[f"source-{number}"],
                "default": data[f"default-{number}"],
                "values": read_values(data[f"values-{number}"]),
            }
            for number, ours in enumerate(self.ours)
        }

    def rows(self) -> list[tuple[str, Any, list[Any], bool]]:
        """Our column, the field for theirs, the two rarer fields, and whether one of these says something."""
        found = []
        for number, ours in enumerate(self.ours):
            rarer = [self[f"default-{number}"], self[f"values-{number}"]]
            found.append((ours, self[f"source-{number}"], rarer, any(field.value() for field in rarer)))
        return found


def staff(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_http_methods(["GET", "POST"])
@permission(Permission.IMPORT)
def mappings(request: HttpRequest) -> HttpResponse:
    """The mappings there are, and the form that begins another from a file."""
    form = BeginForm(request.POST, request.FILES) if request.method == "POST" else BeginForm()
    if form.is_valid():
        upload, user = form.cleaned_data["file"], staff(request)
        try:
            mapping = begin_mapping(
                name=form.cleaned_data["name"],
                kind=form.cleaned_data["kind"],
                file_name=upload.name,
                content=upload.file,
                user=user,
                by=Actor.person(user),
                at=timezone.now(),
            )
            return redirect("jobs:mapping", pk=mapping.pk)
        except MappingRefused as refusal:
            form.add_error("file", str(refusal))
    return mappings_page(request, form, TakeForm())


def mappings_page(request: HttpRequest, form: BeginForm, taking: TakeForm) -> HttpResponse:
    kinds = import_kinds()
    rows = ColumnMapping.objects.select_related("made_by").order_by("-pk")[:100]
    context = {
        "form": form,
        "taking": taking,
        "rows": [(row, kinds[row.kind].label) for row in rows if row.kind in kinds],
    }
    return render(request, "jobs/mappings.html", context)


@require_POST
@permission(Permission.IMPORT)
def mapping_take(request: HttpRequest) -> HttpResponse:
    """Begin a mapping from another installation's."""
    form, user = TakeForm(request.POST, request.FILES), staff(request)
    if form.is_valid():
        try:
            mapping = take_mapping(
                content=form.cleaned_data["given"].file, user=user, by=Actor.person(user), at=timezone.now()
            )
            messages.success(request, "対応表を読み込みました。内容を確かめて確定してください。")
            return redirect("jobs:mapping", pk=mapping.pk)
        except MappingRefused as refusal:
            form.add_error("given", str(refusal))
    return mappings_page(request, BeginForm(), form)


@require_http_methods(["GET", "POST"])
@permission(Permission.IMPORT)
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """One mapping: a draft is matched column by column; a ready one is shown."""
    row = get_object_or_404(ColumnMapping.objects.select_related("made_by"), pk=pk)
    kind, user = import_kinds()[row.kind], staff(request)
    form = None
    if row.ready_at is None:
        form = MatchForm(row, kind, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            if form is None or not form.is_valid():
                raise MappingRefused("この対応表は確定済みです。" if form is None else "選んだ列を確かめてください。")
            finish_mapping(mapping_id=row.pk, columns=form.columns(), by=Actor.person(user), at=timezone.now())
            messages.success(request, "対応表を確定しました。取込の画面で選べます。")
            return redirect("jobs:mapping", pk=pk)
        except MappingRefused as refusal:
            messages.error(request, str(refusal))
    if row.sample:
        record_access(
            by=Actor.person(user), action=AccessAction.VIEW, subject="mapping", ids=[row.pk], at=timezone.now()
        )
    context = {
        "mapping": row,
        "kind": kind,
        "form": form,
        "lines": lines_shown(row, kind),
        "matched": matched(row, kind),
    }
    return render(request, "jobs/mapping.html", context)


@require_GET
@permission(Permission.IMPORT)
def mapping_json(request: HttpRequest, pk: int) -> HttpResponse:
    """A ready mapping as JSON."""
    row = get_object_or_404(ColumnMapping, pk=pk, ready_at__isnull=False)
    response = HttpResponse(as_json(row), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="mapping-{row.pk}.json"'
    return response


@require_POST
@permission(Permission.IMPORT)
def mapping_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a mapping out of use."""
    row = get_object_or_404(ColumnMapping, pk=pk)
    retire_mapping(mapping_id=row.pk, by=Actor.person(staff(request)), at=timezone.now())
    messages.success(request, f"対応表「{row.name}」の使用を終えました。")
    return redirect("jobs:mappings")

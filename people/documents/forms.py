"""The form that takes scans in, and the one that withdraws a scan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile

from japan.eras import era_date
from japan.forms import EraDateField
from people.documents.services import MOST_AT_ONCE
from people.enums import FileKind, PaperKind
from people.models import Paper


class SeveralFiles(forms.FileInput):
    """A file input for several files; the page's script lets people drop files on it."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(
            attrs={"multiple": True, "accept": ",".join(FileKind.values), "data-drop": "ここにファイルを置けます"}
        )


class ScansField(forms.FileField):
    """Several uploaded files at once; its value is their list."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = [super(ScansField, self).clean(one, initial) for one in (data or [None])]
        return cast(list[UploadedFile], files)


class FilingForm(forms.Form):
    """Which paper a scan shows: one that is written down already, or another of a kind."""

    paper = forms.ChoiceField(label="どの書類のスキャンですか", required=False)
    kind = forms.ChoiceField(
        label="書類の種類", required=False, help_text="上で書類を選んだときは、その種類で登録します。"
    )
    dated_on = EraDateField(
        label="書類の日付", required=False, help_text="発行日や記入日。なければ空けておきます。例：令和5年1月26日"
    )

    def __init__(self, *args: Any, papers: Iterable[Paper], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.papers = {str(paper.pk): paper for paper in papers}
        listed = [
            (key, f"{paper.get_kind_display()}（{era_date(paper.received_on)}受領）")
            for key, paper in self.papers.items()
        ]
        cast(forms.ChoiceField, self.fields["paper"]).choices = [("", "登録済みの書類ではない"), *listed]
        cast(forms.ChoiceField, self.fields["kind"]).choices = [("", "選んでください"), *PaperKind.choices]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("paper") and not values.get("kind"):
            self.add_error("kind", "書類の種類を選んでください。")
        return values

    @property
    def paper_chosen(self) -> Paper | None:
        return self.papers.get(self.cleaned_data.get("paper") or "")

    @property
    def kind_chosen(self) -> PaperKind:
        paper = self.paper_chosen
        return PaperKind(paper.kind if paper is not None else self.cleaned_data["kind"])


class UploadForm(FilingForm):
    """Which scans, and of which paper."""

    scans = ScansField(
        label="スキャン・写真",
        help_text=(
            f"PDF、JPEG、PNG、TIFF（1件20MBまで、一度に{MOST_AT_ONCE}件まで）。"
            "スマートフォンではその場で撮影できます。ファイル名は保存しません。"
        ),
        error_messages={
            "required": "スキャンのファイルを選んでください。",
            "empty": "空のファイルがあります。選び直してください。",
        },
    )
    field_order = ("scans", "paper", "kind", "dated_on")


class WithdrawalForm(forms.Form):
    """Why a scan was a mistake."""

    reason = forms.CharField(
        label="取り下げる理由",
        max_length=120,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例：別の方の書類だった。お名前や住所は書かないでください。",
        error_messages={"required": "取り下げる理由を入力してください。"},
    )

"""Forms about people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from people.merging.apart import NewRow


class RevealForm(forms.Form):
    """Why somebody has to see a protected address."""

    reason = forms.CharField(
        label="住所が必要な理由",
        max_length=120,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="何に使うかを書いてください。記録に残るため、お名前や住所は書かないでください。",
        error_messages={"required": "住所が必要な理由を入力してください。"},
    )


class PairForm(forms.Form):
    """Two numbers of one person."""

    one = forms.CharField(label="借受人番号（一人目）", max_length=12)
    other = forms.CharField(label="借受人番号（二人目）", max_length=12)


class ApartForm(forms.Form):
    """Why two records are two persons."""

    reason = forms.CharField(
        label="別人とした理由",
        max_length=200,
        help_text="例：双子、同姓同名で本人に確認済み。お名前や住所は書かないでください。",
    )


class UndoForm(forms.Form):
    """Why a merge is taken back, and whose each row is that was written since."""

    reason = forms.CharField(
        label="取り消す理由", max_length=180, help_text="記録に残ります。お名前や住所は書かないでください。"
    )

    def __init__(self, *args: Any, since: Sequence[NewRow] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        for row in since:
            self.fields[f"row-{row.name}"] = forms.ChoiceField(
                label=f"{row.words} {row.text}",
                choices=[("survivor", "残した方"), ("gone", "元に戻す方")],
                widget=forms.RadioSelect(attrs={"data-row": True}),
            )

"""The form in which somebody proposes to take an exemption back."""

from __future__ import annotations

from django import forms

from exemptions.enums import RevocationGround
from exemptions.services.moves import LONGEST_REASON
from japan.forms import EraDateField


class RevocationForm(forms.Form):
    """The ground, what proves it, since when it is known, and why; the services decide."""

    ground = forms.ChoiceField(
        label="取消の事由",
        choices=RevocationGround.choices,
        widget=forms.RadioSelect,
        help_text="取消の通知に、この文で書かれます。",
        error_messages={"required": "取消の事由を選んでください。"},
    )
    evidence = forms.CharField(
        label="根拠",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="事由を確かめた書類や回答と、その日付。例：令和6年5月7日に届いた課税証明書の写し",
        error_messages={"required": "根拠を入力してください。"},
    )
    found_on = EraDateField(label="判明した日", error_messages={"required": "判明した日を入力してください。"})
    reason = forms.CharField(
        label="取消の理由（内部の記録）",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="通知には書かれません。",
        error_messages={"required": "取消の理由を入力してください。"},
    )

"""Who calls, and what they answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from exemptions.codes.identity import Question, still_missing
from exemptions.codes.selectors import Compared
from japan.forms import EraDateField


class CallerForm(forms.Form):
    """What the caller says first. Posted, so that neither stands in an address."""

    kana = forms.CharField(
        label="フリガナ", max_length=80, help_text="姓と名を続けて。半角・ひらがなでもかまいません。"
    )
    birth_date = EraDateField(label="生年月日")


class IdentityForm(forms.Form):
    """The questions the caller answered as it is registered."""

    is_borrower = forms.BooleanField(
        label="電話の相手は、借受人ご本人だと名乗っている",
        required=False,
        help_text="ご家族やほかの方には伝えません。申請書をご本人あてに郵送すると案内してください。",
    )
    answered = forms.MultipleChoiceField(
        label="登録のとおりに答えた質問",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="登録の内容を、こちらから先に言わないでください。",
    )

    def __init__(self, *args: Any, compared: Sequence[Compared], protected: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.protected = protected
        self.fields["answered"].choices = [  # type: ignore[attr-defined]
            (each.question.value, f"{each.question.label}　（{each.registered}）") for each in compared
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("is_borrower"):
            self.add_error("is_borrower", "ご本人のほかには、コードを伝えられません。")
        for sentence in still_missing(self.questions, protected=self.protected):
            self.add_error("answered", sentence)
        return cleaned

    @property
    def questions(self) -> list[Question]:
        """The questions ticked."""
        return [Question(value) for value in self.cleaned_data.get("answered", ())]

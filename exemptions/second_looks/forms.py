"""The second answer, and the conclusion."""

from __future__ import annotations

from django import forms

from exemptions.enums import Outcome
from exemptions.second_looks.enums import Conclusion


class AnswerForm(forms.Form):
    """How somebody would decide who does not know how it was decided."""

    outcome = forms.ChoiceField(
        label="あなたの答え",
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "承認か不承認かを選んでください。"},
    )
    reason = forms.CharField(
        label="理由",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="どの書類や判定から、そう考えたか。",
        error_messages={"required": "再審査の理由を入力してください。"},
    )


class ConclusionForm(forms.Form):
    """What comes of a difference."""

    conclusion = forms.ChoiceField(
        label="結論",
        choices=Conclusion.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "結論を選んでください。"},
    )
    note = forms.CharField(
        label="結論の内容",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "結論の内容を入力してください。"},
    )

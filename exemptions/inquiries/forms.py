"""What is asked of whom, and what came back."""

from __future__ import annotations

from typing import Any

from django import forms

from exemptions.enums import Person as Judged
from exemptions.inquiries.enums import Answer, Asked, AuthorityKind, InquiryState
from japan.forms import EraDateField


class InquiryForm(forms.Form):
    """One question to one authority. Which authority is asked what is checked where the question is listed."""

    kind = forms.ChoiceField(label="照会先の種類", choices=AuthorityKind.choices)
    name = forms.CharField(
        label="照会先の名前", max_length=60, help_text="例：青海市 税務課。照会書の宛名になります。"
    )
    asked = forms.ChoiceField(label="照会事項", choices=Asked.choices)
    subject = forms.ChoiceField(
        label="だれについて", choices=Judged.choices, widget=forms.RadioSelect, initial=Judged.BORROWER
    )

    def __init__(self, *args: Any, has_head: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_head:
            self.fields["subject"].choices = [(Judged.BORROWER.value, Judged.BORROWER.label)]  # type: ignore[attr-defined]

    def asking(self) -> dict[str, Any]:
        """The answers as the service takes them."""
        given = self.cleaned_data
        return {
            "kind": AuthorityKind(given["kind"]),
            "name": given["name"],
            "asked": Asked(given["asked"]),
            "subject": Judged(given["subject"]),
        }


class AnswerForm(forms.Form):
    """What an authority answered."""

    answered_on = EraDateField(label="回答日")
    answer = forms.ChoiceField(label="回答", choices=Answer.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label="回答の内容",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="審査する人が読みます。申請のとおりでないときは、必ず書いてください。",
    )


class InquiryFilter(forms.Form):
    """The filters of the list."""

    state = forms.ChoiceField(label="状態", required=False, choices=[("", "すべて"), *InquiryState.choices])
    kind = forms.ChoiceField(label="照会先の種類", required=False, choices=[("", "すべて"), *AuthorityKind.choices])
    asked = forms.ChoiceField(label="照会事項", required=False, choices=[("", "すべて"), *Asked.choices])

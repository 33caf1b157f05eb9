"""What every form that a borrower signs has: the day it came, six consents, day, signature, telephone, ink."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from exemptions.deficiencies import CIRCLED
from exemptions.enums import CONSENT_NUMBERS
from exemptions.transcript import Transcript
from exemptions.years import YearsAsked
from japan.forms import EraDateField, PhoneField
from people.households import Member


class SignedForm(forms.Form):
    """The part of a form that is the same on 1-1-x, on 1-2 and where a discharge is told."""

    received_on = EraDateField(label="受付日")
    consents = forms.TypedMultipleChoiceField(
        label="印のあるもの",
        coerce=int,
        required=False,
        choices=[(number, CIRCLED[number]) for number in CONSENT_NUMBERS],
        widget=forms.CheckboxSelectMultiple(attrs={"data-row": "1"}),
    )
    signed_on = EraDateField(label="記入日", required=False, help_text="")
    signed = forms.BooleanField(label="借受人ご本人の署名がある", required=False)
    phone = PhoneField(label="日中に連絡のとれる電話番号", max_length=20, required=False)
    erasable_ink = forms.BooleanField(label="えんぴつや消せるボールペンで記入されている", required=False)
    note = forms.CharField(
        label="受付メモ", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="内部の記録です。通知には書かれません。",
    )  # fmt: skip

    def __init__(self, *args: Any, years: YearsAsked, members: Iterable[Member], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def signature(self) -> dict[str, Any]:
        """What was typed of this part, as far as it could be read, by the names of a ``Transcript``."""
        data = self.cleaned_data
        return {
            "consents": frozenset(data.get("consents") or ()),
            "signed_on": data.get("signed_on"),
            "signed": bool(data.get("signed")),
            "phone": data.get("phone") or "",
            "erasable_ink": bool(data.get("erasable_ink")),
            "note": (data.get("note") or "").strip(),
        }

    def transcript(self, *, received_on: date, fiscal_year: int | None) -> Transcript:
        """What was typed, as far as it could be read; the two arguments stand in where those fields could not."""
        raise NotImplementedError

"""What is to be printed: which forms of which loans, the guide, and since when which requirement is met."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from exemptions.enums import Ground
from exemptions.sheets.gathering import LoanForms
from exemptions.sheets.offering import Offer, Reason
from japan.forms import EraDateField
from japan.yen import yen

NOTHING_CHOSEN = "印刷する申請書を1枚以上選んでください。案内だけを印刷することもできます。"
IN_THE_FUTURE = "これから先の日付です。当てはまった日を書いてください。"


class HandOutForm(forms.Form):
    """The forms that are printed at once. The choices are named 「loan:form」."""

    sheets = forms.MultipleChoiceField(
        label="印刷する申請書",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="貸付コードごとに1枚です。よく使う申請書に、はじめから印がついています。",
    )
    guide = forms.BooleanField(
        label="償還免除のご案内（フローチャート付き、2ページ）を付ける", required=False, initial=True
    )
    assistance_since = EraDateField(
        label="生活保護の始まった日",
        required=False,
        help_text="聞き取れたときだけ。様式1-2の理由に印をつけて印刷します。",
    )
    certificate_since = EraDateField(
        label="障害者手帳の交付日",
        required=False,
        help_text="両方を書くと、先に当てはまった方だけに印をつけます。",
    )

    def __init__(self, *args: Any, offered: Sequence[LoanForms], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered, self.today = offered, today
        self.fields["sheets"].choices = [  # type: ignore[attr-defined]
            (name_of(forms, offer), label_of(forms, offer)) for forms in offered for offer in forms.offers
        ]
        self.fields["sheets"].initial = [name_of(forms, offer) for forms, offer in usual(offered)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("assistance_since", "certificate_since"):
            if cleaned.get(name) and cleaned[name] > self.today:
                self.add_error(name, IN_THE_FUTURE)
        if not cleaned.get("sheets") and not cleaned.get("guide"):
            raise ValidationError(NOTHING_CHOSEN)
        return cleaned

    @property
    def chosen(self) -> list[tuple[LoanForms, Offer]]:
        """The forms chosen, in the order of the loans."""
        wanted = set(self.cleaned_data["sheets"])
        return [(forms, offer) for forms in self.offered for offer in forms.offers if name_of(forms, offer) in wanted]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The requirements whose day somebody told."""
        told = {
            Ground.PUBLIC_ASSISTANCE: self.cleaned_data.get("assistance_since"),
            Ground.DISABILITY: self.cleaned_data.get("certificate_since"),
        }
        return tuple(Reason(ground, day) for ground, day in told.items() if day)


def name_of(forms: LoanForms, offer: Offer) -> str:
    """What one form of one loan is called in the page."""
    return f"{forms.loan.pk}:{offer.key}"


def label_of(forms: LoanForms, offer: Offer) -> str:
    """One form of one loan in words: 「緊急小口資金（特例） 0100001　様式1-1-B（…）　免除申請額 100,000円」."""
    loan = f"{forms.loan.get_fund_display()} {forms.loan.code}"
    asked = "" if offer.fiscal_year is None else f"　免除申請額 {yen(offer.asked)}"
    stays = f"、残る額 {yen(offer.stays)}" if offer.fiscal_year is not None and offer.stays else ""
    return f"{loan}　{offer.label}{asked}{stays}"


def usual(offered: Iterable[LoanForms]) -> list[tuple[LoanForms, Offer]]:
    """The forms somebody gets who asks for none in particular: one for each loan that has any."""
    return [(forms, offer) for forms in offered for offer in forms.offers if offer.usual]

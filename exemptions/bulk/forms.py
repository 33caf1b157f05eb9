"""The group a bulk approval is drawn up for, and why one is taken back."""

from __future__ import annotations

from typing import cast

from django import forms

from accounts.enums import OfficeKind
from accounts.models import Office
from exemptions.bulk.proving import Group
from exemptions.enums import Ground
from loans.enums import FundKind


class OfficeForm(forms.Form):
    """Applications of which office; of all where none is chosen."""

    office = forms.ModelChoiceField(
        label="受付事業所", queryset=Office.objects.none(), required=False, empty_label="すべて"
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        councils = Office.objects.exclude(kind=OfficeKind.AGENCY).order_by("code")
        cast(forms.ModelChoiceField, self.fields["office"]).queryset = councils


class GroupForm(OfficeForm):
    """The group of a row of the page, sent along by its button."""

    ground = forms.ChoiceField(choices=Ground.choices)
    fund = forms.ChoiceField(choices=FundKind.choices)
    fiscal_year = forms.IntegerField(required=False)

    def group(self) -> Group:
        data = self.cleaned_data
        return Group(Ground(data["ground"]), data["fund"], data["fiscal_year"])


class ReasonForm(forms.Form):
    """Why decisions are taken back."""

    reason = forms.CharField(
        label="取り消す理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "取り消す理由を入力してください。"},
    )

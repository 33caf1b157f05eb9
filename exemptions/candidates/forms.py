"""The filters of the list of candidates, and the words with which one is put aside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.enums import OfficeKind
from accounts.models import Office
from exemptions.candidates.enums import CandidateKind, CandidateState
from exemptions.candidates.listing import Filters
from loans.enums import FundKind


class CandidateForm(forms.Form):
    """The filters as they stand in the address; a value that is none of the choices asks for nothing."""

    kind = forms.ChoiceField(label="きっかけ", required=False, choices=[("", "すべて"), *CandidateKind.choices])
    state = forms.ChoiceField(label="状態", required=False, choices=CandidateState.choices)
    office = forms.TypedChoiceField(label="受付事業所", required=False, coerce=int, empty_value=None)
    fund = forms.ChoiceField(label="資金", required=False, choices=[("", "すべて"), *FundKind.choices])
    ready = forms.BooleanField(label="申請書だけが足りないもの", required=False)

    def __init__(self, *args: Any, offices: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].choices = [("", "すべて"), *offices]  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        self.is_valid()
        data = self.cleaned_data
        return Filters(
            kind=data.get("kind") or "",
            state=data.get("state") or CandidateState.OPEN,
            office=data.get("office"),
            fund=data.get("fund") or "",
            ready=bool(data.get("ready")),
        )


def candidate_form(query: QueryDict) -> CandidateForm:
    """The filters of an address as a form; one query for the offices."""
    councils = Office.objects.exclude(kind=OfficeKind.AGENCY).order_by("code")
    return CandidateForm(query, offices=councils.values_list("pk", "name"))


class DismissForm(forms.Form):
    """Why a candidate is none."""

    reason = forms.CharField(
        label="対象外とする理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "対象外とする理由を入力してください。"},
    )

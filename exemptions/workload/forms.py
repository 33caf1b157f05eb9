"""The form by which cases are given to people: which, to whom, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from exemptions.enums import ApplicationState
from exemptions.forms import assignee_choices, office_choices
from exemptions.workload.assigning import Wanted
from exemptions.workload.people import members_for

STATES = [
    (ApplicationState.RECEIVED.value, "受付済み（起案する人に割り当てる）"),
    (ApplicationState.UNDER_REVIEW.value, "審査中（決裁する人に割り当てる）"),
]


class AssignForm(forms.Form):
    """Which cases to whom, as it stands in the address of the page: a plan can be looked at and thought over."""

    state = forms.ChoiceField(label="申請の状態", choices=STATES)
    office = forms.TypedChoiceField(label="受付事業所", required=False, coerce=int, empty_value=None)
    assigned = forms.ChoiceField(label="今の担当者", required=False)
    most = forms.IntegerField(
        label="件数（古い順）", required=False, min_value=1, max_value=10_000, help_text="空欄なら、すべて。"
    )
    people = forms.TypedMultipleChoiceField(
        label="割り当てる人",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="選ばなければ、割当を外してだれでも取れるようにします。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].choices = office_choices  # type: ignore[attr-defined]
        self.fields["assigned"].choices = assignee_choices  # type: ignore[attr-defined]
        state = self.data.get("state") if self.is_bound else None
        known = state if state in dict(STATES) else ApplicationState.RECEIVED.value
        members = members_for(known, on=timezone.localdate())
        self.fields["people"].choices = [(member.key, member.label) for member in members]  # type: ignore[attr-defined]

    def wanted(self) -> Wanted | None:
        """What was asked for; None while something of it cannot be read."""
        if not self.is_valid():
            return None
        data = self.cleaned_data
        return Wanted(
            state=data["state"],
            office=data["office"],
            assigned=data["assigned"],
            most=data["most"],
            people=tuple(data["people"]),
        )


class HandOverForm(forms.Form):
    """Carrying a plan out: why, and how many changed hands in the plan that was shown."""

    reason = forms.CharField(
        label="割り当てる理由",
        max_length=200,
        error_messages={"required": "割り当てる理由を入力してください。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

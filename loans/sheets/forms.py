"""The day on which a deed came in or went back."""

from __future__ import annotations

from typing import Any

from django import forms

from japan.forms import EraDateField


class DeedDayForm(forms.Form):
    day = EraDateField(label="日付")

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].label = label

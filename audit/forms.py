"""What an auditor asks the three logs for. Everything stands in the address, so a question can be passed on."""

from __future__ import annotations

from typing import Any

from django import forms

from audit.enums import AccessAction
from audit.selectors import subject_choices, table_choices
from japan.forms import EraDateField


class LogFilter(forms.Form):
    """A day, or one row for its whole life: without either, the question would read the whole log."""

    day = EraDateField(label="日", required=False, help_text="空けると、1件の全期間を表示します。")
    actor = forms.CharField(label="操作者", required=False, max_length=150, help_text="職員番号、system:night など")
    row = forms.CharField(label="番号", required=False, max_length=64, widget=forms.TextInput(attrs={"size": 10}))

    kind_field = ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        one_row = given.get(self.kind_field) and given.get("row")
        if not given.get("day") and not one_row and not self.errors:
            label = self.fields[self.kind_field].label
            self.add_error("day", f"日を入力するか、「{label}」と「番号」の両方を入力してください。")
        return given


class ChangeFilter(LogFilter):
    table = forms.ChoiceField(label="表", required=False)
    kind_field = "table"
    field_order = ("day", "actor", "table", "row")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["table"].choices = [("", "すべて"), *table_choices()]  # type: ignore[attr-defined]


class DisclosureFilter(LogFilter):
    subject = forms.ChoiceField(label="対象", required=False)
    kind_field = "subject"
    field_order: tuple[str, ...] = ("day", "actor", "subject", "row")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [("", "すべて"), *subject_choices()]  # type: ignore[attr-defined]

    def clean_row(self) -> int | None:
        text = self.cleaned_data["row"].strip()
        if not text:
            return None
        if not text.isdecimal():
            raise forms.ValidationError("番号は数字で入力してください。")
        return int(text)


class AccessFilter(DisclosureFilter):
    action = forms.ChoiceField(label="種別", required=False, choices=[("", "すべて"), *AccessAction.choices])
    field_order = ("day", "actor", "action", "subject", "row")

"""Form fields that read what clerks write: era dates."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from japan.eras import DateError, era_date, parse_date


class EraDateField(forms.Field):
    """A day typed as 令和5年1月26日, R5.1.26 or 2023/1/26; its value is a ``date``, or None where it may be empty.

    A day that could be read is shown again in era years, anything else as it was typed.
    """

    widget = forms.TextInput(attrs={"size": 18, "autocomplete": "off"})
    default_error_messages = {"required": "日付を入力してください。"}

    def __init__(self, *, help_text: str = "例：令和5年1月26日、R5.1.26、2023/1/26", **kwargs: Any) -> None:
        super().__init__(help_text=help_text, **kwargs)

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        try:
            return parse_date(str(value))
        except DateError as error:
            raise ValidationError(str(error), code="invalid") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return self.to_python(data) or data
        except ValidationError:
            return data

    def prepare_value(self, value: Any) -> Any:
        return era_date(value) if isinstance(value, date) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True

"""Form fields that read what clerks write: era dates and months, yen, telephone numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from japan.eras import DateError, era_date, era_month, parse_date
from japan.months import month_index
from japan.phones import PhoneError, half_width, phone_digits
from japan.yen import YenError, parse_yen


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


class EraMonthField(forms.CharField):
    """A month typed as 令和2年3月, R2.3 or 2020/3; its value is a month index (``japan.months``), or None."""

    widget = forms.TextInput(attrs={"size": "12", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return era_month(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, int):
            return value
        text = (super().to_python(value) or "").strip()
        if not text:
            return None
        try:
            return month_index(parse_date(_first_day_of(text)))
        except DateError:
            raise ValidationError("「令和2年3月」「R2.3」「2020/3」のように、年と月を入力してください。") from None


def _first_day_of(text: str) -> str:
    """The text of a month made one of a day, in the way of writing it came in."""
    if text.endswith(("月", "月分")):
        return text.removesuffix("分") + "1日"
    mark = next((mark for mark in "/.-．／" if mark in text), "/")
    return f"{text}{mark}1"


class YenField(forms.CharField):
    """Whole yen: ¥ ￥ 円, commas and full-width digits are read; fractions are refused. Its value is an ``int`` or None."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "size": "14", "data-unit": "円", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}" if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, int):
            return value
        text = super().to_python(value) or ""
        if not text.strip():
            return None
        try:
            return parse_yen(text)
        except YenError as problem:
            raise ValidationError(str(problem)) from problem


class PhoneField(forms.CharField):
    """A telephone number with the hyphens it was written with, in half-width; refused where it cannot be one."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "size": "16", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        text = half_width(super().to_python(value) or "")
        if text:
            try:
                phone_digits(text)
            except PhoneError as problem:
                raise ValidationError(str(problem)) from problem
        return text

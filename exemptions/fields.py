"""Form fields that read what people write on paper: yen and telephone numbers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from japan.phones import PhoneError, half_width, phone_digits
from japan.yen import YenError, parse_yen


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

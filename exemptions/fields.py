"""Form fields that read what people write on paper: yen, telephone numbers, one tick out of several."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from japan.phones import PhoneError, phone_digits
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
    """A telephone number, kept as it was written; refused where it cannot be one."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "size": "16", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        text = (super().to_python(value) or "").strip()
        if text:
            try:
                phone_digits(text)
            except PhoneError as problem:
                raise ValidationError(str(problem)) from problem
        return text


class OneTick(forms.RadioSelect):
    """Radio buttons that pass on every value that was posted, so that the field can refuse two instead of keeping one."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if not hasattr(data, "getlist"):
            return data.get(name)
        values = data.getlist(name)
        return values if len(values) > 1 else next(iter(values), None)


class OneTickField(forms.ChoiceField):
    """Exactly one of the choices, or none; two posted values are refused with their own sentence."""

    widget = OneTick

    def __init__(self, *, several: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.several = several

    def to_python(self, value: Any) -> str:
        if isinstance(value, list):
            raise ValidationError(self.several, code="several")
        return str(super().to_python(value))

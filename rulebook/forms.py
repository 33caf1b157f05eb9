"""A form for any setting: its control follows from the setting's kind, its judgement is the setting's own."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms

from japan.eras import DateError, parse_date
from japan.forms import EraDateField
from rulebook.keys import Wording
from rulebook.setting_keys import (
    AmountsBySize,
    Ascending,
    Checklist,
    Kind,
    Sentences,
    SettingError,
    SettingKey,
    Whole,
    WindowOfYear,
    Words,
    YesNo,
)

YES_NO = {"true": True, "false": False}


class ProposalForm(forms.Form):
    """A new value, the day from which it stands, and on what it rests. ``value()`` is the value as JSON."""

    valid_from = EraDateField(label="適用開始日")
    source = forms.CharField(
        label="根拠",
        max_length=200,
        help_text="通知・規程・議事録などの文書名と箇所",
        error_messages={"required": "根拠を入力してください。"},
    )
    reason = forms.CharField(
        label="変更の理由", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, setting: SettingKey, current: Any, **kwargs: Any) -> None:
        """``current`` is the value that stands today, as JSON."""
        super().__init__(*args, **kwargs)
        self.setting = setting
        self.parts = value_fields(setting, current)
        self.fields = {**self.parts, **self.fields}

    def clean(self) -> None:
        if any(name in self.errors for name in self.parts):
            return
        typed = {name: self.cleaned_data.get(name) for name in self.parts}
        try:
            self.setting.read(read_value(self.setting.kind, typed))
        except SettingError as error:
            self.add_error(self._part(error.key), error.message_ja)

    def _part(self, path: str) -> str:
        """The control that an error's path (``consent_texts[1]``, ``exemption_window.opens``) belongs to."""
        found = re.search(r"\[(\d+)\]$|\.(\w+)$", path)
        name = f"value_{found[1] or found[2]}" if found else ""
        return name if name in self.parts else next(iter(self.parts))

    def value(self) -> Any:
        """The chosen value as JSON; only after the form was found valid."""
        return read_value(self.setting.kind, {name: self.cleaned_data.get(name) for name in self.parts})


def value_fields(setting: SettingKey, current: Any) -> dict[str, forms.Field]:
    """The controls of one setting, filled with the value that stands; names begin with ``value``."""
    kind = setting.kind
    if isinstance(kind, Words):
        return {"value": _choice(list(kind.labels.items()), current)}
    if isinstance(kind, YesNo):
        choices = [("true", kind.yes_ja), ("false", kind.no_ja)]
        return {"value": _choice(choices, "true" if current else "false")}
    if isinstance(kind, WindowOfYear):
        return {
            f"value_{name}": _text(label, _month_day_ja(current[name]), help_text="例：6月1日", size=10)
            for name, label in (("opens", "受付を始める日"), ("closes", "受付を締め切る日"))
        }
    if isinstance(kind, Sentences):
        return {
            f"value_{i}": forms.CharField(
                label=f"文{i + 1}", required=False, initial=current[i], widget=forms.Textarea(attrs={"rows": 3})
            )
            for i in range(kind.count)
        }
    if isinstance(kind, Ascending):
        return {
            "value": _text(
                "新しい値", "、".join(map(str, current)), help_text="小さい順に「、」で区切ります。例：3、12"
            )
        }
    if isinstance(kind, AmountsBySize):
        hint = "1人世帯から順に「、」で区切ります。例：180000、240000、280000。定めないときは空けておきます。"
        return {"value": _text("新しい値", "、".join(map(str, current)), help_text=hint, unit=setting.unit_ja)}
    if isinstance(kind, Wording):
        widget = forms.Textarea(attrs={"rows": 4})
        return {"value": forms.CharField(label="新しい文", required=False, initial=current, widget=widget)}
    if isinstance(kind, Checklist):
        return {"value": _lines("新しい値", "\n".join(current))}
    optional = isinstance(kind, Whole) and kind.optional
    shown = "" if current is None else str(current)
    hint = "制限しないときは空けておきます。" if optional else ""
    field = _text("新しい値", shown, help_text=hint, size=12, unit=setting.unit_ja)
    return {"value": field}


def _choice(choices: list[tuple[str, str]], current: str) -> forms.Field:
    return forms.ChoiceField(label="新しい値", choices=choices, initial=current, widget=forms.RadioSelect)


def _lines(label: str, current: str) -> forms.Field:
    hint = "書類の名前を1行に1つ書きます。求めないときは空けておきます。"
    widget = forms.Textarea(attrs={"rows": 5})
    return forms.CharField(label=label, initial=current, required=False, help_text=hint, widget=widget)


def _text(label: str, current: str, *, help_text: str = "", size: int = 30, unit: str = "") -> forms.Field:
    attrs: dict[str, Any] = {"size": size, "autocomplete": "off"}
    if unit:
        attrs["data-unit"] = unit
    return forms.CharField(
        label=label, initial=current, required=False, help_text=help_text, widget=forms.TextInput(attrs=attrs)
    )


def read_value(kind: Kind, typed: dict[str, Any]) -> Any:
    """What was typed as the JSON that the setting reads; what cannot be read stays text, and the setting refuses it."""
    if isinstance(kind, WindowOfYear):
        return {name.removeprefix("value_"): _month_day(text or "") for name, text in typed.items()}
    if isinstance(kind, Sentences):
        return [text or "" for text in typed.values()]
    text = typed["value"]
    if isinstance(kind, YesNo):
        return YES_NO.get(text, text)
    if isinstance(kind, Checklist):
        return [line.strip() for line in (text or "").splitlines() if line.strip()]
    if isinstance(kind, AmountsBySize):
        return [_number(part) for part in re.split(r"[、，・\s]+", text or "") if part]
    if isinstance(kind, Ascending):
        return [_number(part) for part in re.split(r"[、,，・\s]+", text or "") if part]
    if isinstance(kind, Whole):
        return None if not text and kind.optional else _number(text)
    return text


def _number(text: str) -> int | str:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    return int(plain) if plain.isdecimal() else text


def _month_day(text: str) -> str:
    """``6月1日``, ``6/1`` or ``06-01`` as ``06-01``."""
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        day = parse_date(f"2023年{plain}" if "月" in plain else f"2023-{plain.replace('/', '-')}")
    except DateError:
        return text
    return f"{day:%m-%d}"


def _month_day_ja(text: str) -> str:
    month, day = text.split("-")
    return f"{int(month)}月{int(day)}日"

"""How one cell is read: import-export widgets that understand what offices type and refuse it in Japanese."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from import_export.widgets import Widget

from japan.eras import parse_date
from japan.months import parse_month
from japan.phones import phone_digits
from japan.yen import parse_yen


class Text(Widget):
    """Text as it stands, without blanks around it. Raises ``ValueError`` where it is missing or too long."""

    def __init__(self, *, longest: int, required: bool = True) -> None:
        super().__init__()
        self.longest, self.required = longest, required

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> str:
        text = str(value).strip()
        if self.required and not text:
            raise ValueError("空欄です。入力してください。")
        if len(text) > self.longest:
            raise ValueError(f"{self.longest}文字以内で入力してください（いまは{len(text)}文字）。")
        return text


class Code(Text):
    """A code: width and blanks do not matter, letters and digits only."""

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> str:
        text = unicodedata.normalize("NFKC", super().clean(value, row)).replace(" ", "")
        if text and not text.replace("-", "").replace("_", "").isalnum():
            raise ValueError("英数字で入力してください。")
        return text


class Day(Widget):
    """A day in any of the usual forms, as ISO text."""

    def __init__(self, *, required: bool = True) -> None:
        super().__init__()
        self.required = required

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> str | None:
        text = str(value).strip()
        if not text and not self.required:
            return None
        return parse_date(text).isoformat()


class Yen(Widget):
    """Whole yen, one or more."""

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> int:
        amount = parse_yen(str(value))
        if amount < 1:
            raise ValueError("1円以上の金額を入力してください。")
        return amount


class Amount(Widget):
    """Whole yen, zero or more; an empty cell is an error, because nothing is not nought."""

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> int:
        return parse_yen(str(value))


class Count(Widget):
    """A whole number between two bounds."""

    def __init__(self, least: int, most: int, unit: str) -> None:
        super().__init__()
        self.least, self.most, self.unit = least, most, unit

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> int:
        text = unicodedata.normalize("NFKC", str(value)).strip().removesuffix(self.unit)
        if not (text.isascii() and text.isdigit() and self.least <= int(text) <= self.most):
            raise ValueError(f"{self.least}から{self.most}までの整数で入力してください。")
        return int(text)


class Month(Widget):
    """A month as ``2023-01`` (or 2023/1), as month index."""

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> int:
        text = unicodedata.normalize("NFKC", str(value)).strip().replace("/", "-")
        year, _, month = text.partition("-")
        try:
            return parse_month(f"{year}-{int(month[:2]):02d}")
        except ValueError as problem:
            raise ValueError(
                f"「{text[:20]}」は年月として読み取れません。2023-01 のように入力してください。"
            ) from problem


class PhoneNumber(Widget):
    """A telephone number as typed; empty is allowed."""

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> str:
        text = str(value).strip()
        if text:
            phone_digits(text)
        return text


class Choice(Widget):
    """One of some words, each standing for a value."""

    def __init__(self, words: Mapping[str, Any], *, default: Any = None) -> None:
        super().__init__()
        self.words, self.default = dict(words), default

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        text = unicodedata.normalize("NFKC", str(value)).strip()
        if not text and self.default is not None:
            return self.default
        known = {unicodedata.normalize("NFKC", word): meaning for word, meaning in self.words.items()}
        if text not in known:
            raise ValueError(f"「{text[:20]}」は使えません。{'・'.join(self.words)}のいずれかを入力してください。")
        return known[text]

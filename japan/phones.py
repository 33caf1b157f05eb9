"""Telephone numbers: stored and compared as digits only."""

import re
import unicodedata

_BETWEEN = re.compile(r"[\s()\-‐‑‒–—―−ー.]+")
_HYPHENS = re.compile(r"[‐‑‒–—―−ー]")
_ELEVEN = re.compile(r"0[2-9]0")


class PhoneError(ValueError):
    """A telephone number that cannot be right. ``str()`` is a Japanese sentence for the person who typed it."""


def half_width(text: str) -> str:
    """Return a number as it was written, in half-width characters with plain hyphens: ``０９０ー１２３４`` as ``090-1234``."""
    return _HYPHENS.sub("-", unicodedata.normalize("NFKC", text)).strip()


def phone_digits(text: str) -> str:
    """Return the digits of a Japanese telephone number, beginning with 0.

    Hyphens, brackets, spaces, full-width characters and the country prefix +81 are accepted. Mobile, IP and 0800
    numbers have 11 digits, all others 10. Raises ``PhoneError`` for everything else.
    """
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    if not plain:
        raise PhoneError("電話番号を入力してください。")
    if plain.startswith("+81"):
        plain = "0" + plain.removeprefix("+81").removeprefix("0")
    if not (plain.isascii() and plain.isdigit()):
        raise PhoneError(f"「{text.strip()[:40]}」は電話番号として読み取れません。数字で入力してください。")
    if not plain.startswith("0"):
        raise PhoneError("市外局番から入力してください。")
    wanted = 11 if _ELEVEN.match(plain) else 10
    if len(plain) != wanted:
        raise PhoneError(f"電話番号の桁数が合いません（{wanted}桁のところ{len(plain)}桁）。番号をお確かめください。")
    return plain


def phone_text(number: str) -> str:
    """A telephone number to be read: half width, plain hyphens as they were typed, a mobile number in its three groups.

    What is no telephone number stays as it is.

    >>> phone_text("０９０１２３４５６７８"), phone_text("０１１ー２２２ー３３３３")
    ('090-1234-5678', '011-222-3333')
    """
    plain = re.sub(r"[‐‑‒–—―−ー]", "-", unicodedata.normalize("NFKC", number)).strip()
    if len(plain) == 11 and plain.isascii() and plain.isdigit():
        return f"{plain[:3]}-{plain[3:7]}-{plain[7:]}"
    return plain

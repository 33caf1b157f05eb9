"""Whether the grade written on a disability certificate is one that counts (EX-31 … EX-33).

Physical certificates are graded 1 to 7, mental ones 1 to 3. The certificate for intellectual disability (療育手帳) is
issued by prefectures and large cities under rules of their own, so "severe" is spelled in many ways: ``A``, ``A1``,
``A2``, ``マルA`` or ``Ⓐ``, ``重度``, and 1度 or 2度 where degrees are used.
"""

from __future__ import annotations

import re
import unicodedata

from exemptions.enums import CertificateKind

_NUMBERS = {
    spelled: number
    for number, spellings in enumerate(("1一", "2二", "3三", "4四", "5五V", "6六", "7七"), start=1)
    for spelled in spellings
} | {"I": 1, "II": 2, "III": 3, "IV": 4, "VI": 6, "VII": 7}
_NUMBERED = re.compile(r"(?:第?[12一二]種)?([1-7一二三四五六七]|I{1,3}|IV|VI{0,2})級?", re.ASCII)
_SEVERE = re.compile(
    r"(?:判定)?(?:マル|丸|○|◯|〇)?A[-・の]?[1-3]?(?:級|判定)?(?:\(?最?重度\)?)?"
    r"|最?重度(?:\(?A[1-3]?\)?)?"
    r"|[12]度",
    re.ASCII,
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))


def counts(kind: CertificateKind, grade: str) -> bool:
    """Whether a certificate of that kind and grade meets requirement ③, however the grade is written."""
    if kind == CertificateKind.INTELLECTUAL:
        return is_severe(grade)
    number = grade_number(grade)
    return number == 1 if kind == CertificateKind.MENTAL else number in (1, 2)


def grade_number(grade: str) -> int | None:
    """Return the number of a grade (``"2級"``, ``"２"``, ``"一級"``, ``"第1種2級"``), or None if it has none."""
    found = _NUMBERED.fullmatch(_plain(grade))
    return _NUMBERS[found[1]] if found else None


def is_severe(grade: str) -> bool:
    """Whether the grade of a certificate for intellectual disability is a severe one."""
    return _SEVERE.fullmatch(_plain(grade)) is not None


def _plain(grade: str) -> str:
    return "".join(unicodedata.normalize("NFKC", grade).split()).upper().translate(_DASHES)

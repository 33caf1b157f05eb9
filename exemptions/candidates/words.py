"""What remarks in free text say: receives public assistance, was discharged, was declared missing, holds which handbook.

A remark counts only where one sentence says so plainly; one that denies, plans or asks does not. Whoever reads the list
sees the remark's place and looks for themselves.
"""

from __future__ import annotations

import re
import unicodedata

from exemptions.enums import CertificateKind, EventKind

ASSISTANCE, DISCHARGE, DISAPPEARANCE = "生活保護", "免責", "失踪宣告"
SOUGHT = (ASSISTANCE, DISCHARGE, DISAPPEARANCE)
"""Whatever contains none of these says nothing; the database is asked for them first."""

_RECEIVES = re.compile(r"受給|受けて|受けた|開始|決定")
_DISCHARGED = re.compile(r"確定|許可|決定")
_REHABILITATION = re.compile(r"個人再生|民事再生|再生計画")
_DECLARED = re.compile(r"確定|受けた|審判")
_NOT = re.compile(
    r"ない|なし|ません|廃止|終了|却下|辞退|打ち切|停止|不許可|申請中|申請予定|申立|予定|検討|見込|希望|相談|勧め|案内|照会中|以前|過去"
)
_SENTENCES = re.compile(r"[。．！？!?\n]")
_KINDS = (
    (CertificateKind.MENTAL, re.compile("精神")),
    (CertificateKind.PHYSICAL, re.compile("身体")),
    (CertificateKind.INTELLECTUAL, re.compile("療育|愛の手帳|みどりの手帳|知的")),
)
_NUMBERED = re.compile(r"(?:第?[12一二]種)?[1-7一二三四五六七]級")
_SEVERITY = re.compile(r"(?:マル|丸|[○◯〇])?[AB][1-3]?|最?重度|中度|軽度|[1-4]度")


def says_assistance(text: str) -> bool:
    """Whether a remark says that public assistance is received."""
    return any(ASSISTANCE in part and _RECEIVES.search(part) and not _NOT.search(part) for part in _parts(text))


def says_event(text: str) -> EventKind | None:
    """The discharge or adjudication that a remark tells of as final, or None."""
    for part in _parts(text):
        if _NOT.search(part):
            continue
        if DISCHARGE in part and _DISCHARGED.search(part):
            rehabilitation = _REHABILITATION.search(part) is not None
            return EventKind.CIVIL_REHABILITATION_DISCHARGE if rehabilitation else EventKind.BANKRUPTCY_DISCHARGE
        if DISAPPEARANCE in part and _DECLARED.search(part):
            return EventKind.DISAPPEARANCE
    return None


def is_rehabilitation(text: str) -> bool:
    """Whether the proceedings that a remark names are civil rehabilitation."""
    return _REHABILITATION.search(text) is not None


def handbook_in(text: str) -> tuple[CertificateKind, str] | None:
    """Kind and grade of a disability certificate as written down: 「身体障害者手帳　第1種2級」; None where either is open."""
    plain = unicodedata.normalize("NFKC", text)
    kinds = [kind for kind, pattern in _KINDS if pattern.search(plain)]
    if len(kinds) != 1:
        return None
    pattern = _SEVERITY if kinds[0] == CertificateKind.INTELLECTUAL else _NUMBERED
    grades = set(pattern.findall(plain))
    return (kinds[0], grades.pop()) if len(grades) == 1 else None


def _parts(text: str) -> list[str]:
    return _SENTENCES.split(unicodedata.normalize("NFKC", text))

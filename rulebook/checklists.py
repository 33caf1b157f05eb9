"""What a council's own checklist must not ask for, and the answer that says so (MHLW Q&A vol. 17, questions 2-3, 2-4, 23).

Offices write their checklists in words, so the words are read: full and half width, kanji numerals and spellings of
か月 alike. What is meant but not said cannot be found here; the second person reads the line as well.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rulebook.sources import QA_VOL17, Source


@dataclass(frozen=True, slots=True)
class RuledOut:
    """Why a line cannot be asked for, in English for files and in Japanese for the page, and where that is said."""

    message: str
    message_ja: str
    source: Source


_SEAL = RuledOut(
    "a seal certificate cannot be asked for (Q&A vol. 17, question 23)",
    "印鑑登録証明書や実印を求めることはできません（問答集vol.17 問23）。",
    QA_VOL17.at("1 貸付関係 問23"),
)
_MONTHS = RuledOut(
    "a fixed number of months of payslips cannot be asked for (Q&A vol. 17, question 2-4)",
    "特定の月数の給与明細書などを一律に求めることはできません（問答集vol.17 問2-4）。",
    QA_VOL17.at("1 貸付関係 問2-4"),
)
_THRESHOLD = RuledOut(
    "no minimum amount or ratio of the fall of income can be set (Q&A vol. 17, question 2-3)",
    "収入の減少に独自の額や割合を定めることはできません（問答集vol.17 問2-3）。",
    QA_VOL17.at("1 貸付関係 問2-3"),
)

_NUMBER = r"[\d一二三四五六七八九十百千万〇半数]"
_SEAL_WORDS = re.compile(r"印鑑登録|印鑑証明|登録印|実印")
_INCOME_PAPERS = re.compile(r"給与|給料|賃金|明細|通帳|収入|所得|源泉")
_MONTH_COUNT = re.compile(rf"{_NUMBER}+(?:(?:か|カ|ヶ|ケ|ヵ|箇|個)?月(?!\d)|年)(?:間|分|以上)?|(?:毎月|各月)分?")
_CALENDAR_MONTH = re.compile(r"(?:\d+年)?\d+月(?:\d+日)?(?!分|間|以上)")
_FALL = re.compile(r"減少|減収|減って|減る|下が|落ち込|低下|半減")
_MEASURE = re.compile(rf"{_NUMBER}+(?:割|%|パーセント|分の|円|万円|千円)|半分|半減|半額")


def ruling_out(line: str, *, special: bool) -> RuledOut | None:
    """Return why a checklist line cannot be asked for; None where it can.

    ``special``: for the special loans nothing of the three may be asked for; the regular loan's guide itself asks for
    six months of the bankbook, so there only the seal is ruled out.
    """
    text = "".join(unicodedata.normalize("NFKC", line).split())
    if _SEAL_WORDS.search(text):
        return _SEAL
    if not special:
        return None
    if _FALL.search(text) and _MEASURE.search(text):
        return _THRESHOLD
    if _INCOME_PAPERS.search(text) and _MONTH_COUNT.search(_CALENDAR_MONTH.sub("", text)):
        return _MONTHS
    return None

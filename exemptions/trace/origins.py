"""Where a value came from: which paper about whom, issued and received when, or which record of ours. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from japan.eras import era_date


@dataclass(frozen=True, slots=True)
class PaperOrigin:
    """A paper that a value was copied from; as text 「課税（非課税）証明書（借受人、令和5年9月1日発行、…受領、書類12）」.

    ``person`` is whom it is about, ``number`` the number under which it is on file.
    """

    paper: str
    person: str
    issued_on: date | None
    received_on: date | None
    number: int | None = None

    def __str__(self) -> str:
        parts = [self.person] if self.person else []
        if self.issued_on is not None:
            parts.append(f"{era_date(self.issued_on)}発行")
        if self.received_on is not None:
            parts.append(f"{era_date(self.received_on)}受領")
        if self.number is not None:
            parts.append(f"書類{self.number}")
        return f"{self.paper}（{'、'.join(parts)}）" if parts else self.paper


def form_origin(part: str, received_on: date) -> str:
    """A value of the form itself: 「申請書の同意欄（令和5年9月15日受付）」."""
    return f"申請書{part}（{era_date(received_on)}受付）"


def household_origin(received_on: date) -> str:
    """The tick of form 1-1-D, checked against the residence record that comes with it."""
    return f"申請書の「世帯の状況」と住民票（{era_date(received_on)}受付）"


def loan_origin(code: str) -> str:
    """The loan as lent and its plan."""
    return f"貸付台帳（貸付コード {code}）"


def ledger_origin(code: str) -> str:
    """What was paid, exempted and taken back."""
    return f"入出金の台帳（貸付コード {code}）"


def setting_origin(since: date, source: str, number: int) -> str:
    """A dated setting: since when, on what it rests, and which version it is."""
    return f"{era_date(since)}から（{source}、設定第{number}版）"


DEATH_RECORD = "借受人の記録（死亡日）"
RESIDENCE_RECORD = "登録されている世帯（住民票）"
AS_IF_TODAY = "まだ申請はなく、今日の申し出として見たもの"
